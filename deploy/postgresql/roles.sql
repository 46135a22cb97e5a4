-- Roles of Guichet, by PostgreSQL's administrator; safe to repeat:
--   psql -v ON_ERROR_STOP=1 -d postgres -f roles.sql
-- Group roles hold the rights (src/guichet/database/roles.py), given by "guichet init". One login
-- role per user of the system: named alike, they enter by "peer" on the Unix socket, without
-- any password. "guichet" owns the database, migrates, and runs no process.

SET client_min_messages = warning;

SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['guichet_front', 'guichet_signer', 'guichet_publisher', 'guichet_clerk',
                  'guichet_auditor']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', name)
FROM unnest(ARRAY['guichet', 'guichet-portal', 'guichet-card', 'guichet-signer',
                  'guichet-publisher', 'guichet-clerk', 'guichet-auditor']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

GRANT guichet_front TO "guichet-portal", "guichet-card";
GRANT guichet_signer TO "guichet-signer";
GRANT guichet_publisher TO "guichet-publisher";
GRANT guichet_clerk TO "guichet-clerk";
GRANT guichet_auditor TO "guichet-auditor";

SELECT 'CREATE DATABASE guichet OWNER guichet ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'guichet')
\gexec

REVOKE ALL ON DATABASE guichet FROM PUBLIC;
GRANT CONNECT ON DATABASE guichet
TO guichet_front, guichet_signer, guichet_publisher, guichet_clerk, guichet_auditor;

\connect guichet
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO guichet;
