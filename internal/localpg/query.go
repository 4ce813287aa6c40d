package localpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// query asks the server one question over its socket and returns the first column of
// each row.
func (s *Server) query(ctx context.Context, database, sql string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	config, err := pgconn.ParseConfig(s.dsn(database))
	if err != nil {
		return nil, err
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	results, err := conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, err
	}
	var column []string
	for _, row := range results[0].Rows {
		column = append(column, string(row[0]))
	}
	return column, nil
}
