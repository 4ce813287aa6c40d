package localpg

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// query asks the server one question over its socket and returns the first column of
// each row. It speaks as much of the protocol as that takes, for peer authentication
// needs no messages (https://www.postgresql.org/docs/current/protocol-flow.html).
func (s *Server) query(ctx context.Context, database, sql string) ([]string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", s.socket())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	params := "user\x00" + owner + "\x00database\x00" + database + "\x00\x00"
	startup := binary.BigEndian.AppendUint32(nil, uint32(8+len(params)))
	startup = binary.BigEndian.AppendUint32(startup, 3<<16) // protocol 3.0
	if _, err := conn.Write(append(startup, params...)); err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	if _, err := answer(in); err != nil {
		return nil, err
	}
	message := append([]byte{'Q'}, binary.BigEndian.AppendUint32(nil, uint32(5+len(sql)))...)
	if _, err := conn.Write(append(append(message, sql...), 0)); err != nil {
		return nil, err
	}
	return answer(in)
}

// answer reads messages until the server is ready for the next question.
func answer(in *bufio.Reader) ([]string, error) {
	var rows []string
	var failure error
	for {
		kind, body, err := message(in)
		if err != nil {
			if failure != nil { // a fatal error ends the connection
				return nil, failure
			}
			return nil, err
		}
		switch kind {
		case 'D':
			rows = append(rows, firstColumn(body))
		case 'E':
			failure = serverError(body)
		case 'R':
			if len(body) < 4 || binary.BigEndian.Uint32(body) != 0 {
				return nil, fmt.Errorf("the server asks for a password: its pg_hba.conf was changed")
			}
		case 'Z':
			return rows, failure
		}
	}
}

func message(in *bufio.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size < 4 || size > 1<<20 {
		return 0, nil, fmt.Errorf("a message of %d bytes", size)
	}
	body = make([]byte, size-4)
	_, err = io.ReadFull(in, body)
	return head[0], body, err
}

// firstColumn reads a DataRow: column count, then length and bytes of each (-1: null).
func firstColumn(body []byte) string {
	if len(body) < 6 {
		return ""
	}
	size := int32(binary.BigEndian.Uint32(body[2:]))
	if size < 0 || int(size) > len(body)-6 {
		return ""
	}
	return string(body[6 : 6+size])
}

// serverError reads the message of an ErrorResponse: fields of a type byte and a string.
func serverError(body []byte) error {
	for field := range bytes.SplitSeq(body, []byte{0}) {
		if len(field) > 1 && field[0] == 'M' {
			return fmt.Errorf("%s", field[1:])
		}
	}
	return fmt.Errorf("unknown error")
}
