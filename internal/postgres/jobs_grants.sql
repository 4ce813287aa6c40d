-- Run after every migration of River's, whose tables these are; each line may be repeated.
GRANT USAGE ON SCHEMA crawler_jobs TO popdown_crawler, popdown_takedown;
GRANT USAGE ON SCHEMA takedown_jobs TO popdown_takedown;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crawler_jobs TO popdown_crawler;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA takedown_jobs TO popdown_takedown;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA crawler_jobs TO popdown_crawler;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA takedown_jobs TO popdown_takedown;
REVOKE INSERT, UPDATE, DELETE ON crawler_jobs.river_migration FROM popdown_crawler;
REVOKE INSERT, UPDATE, DELETE ON takedown_jobs.river_migration FROM popdown_takedown;
-- takedown asks for rechecks. River's INSERT names kind in ON CONFLICT DO UPDATE.
GRANT SELECT, INSERT, UPDATE (kind) ON crawler_jobs.river_job TO popdown_takedown;
GRANT USAGE ON SEQUENCE crawler_jobs.river_job_id_seq TO popdown_takedown;
