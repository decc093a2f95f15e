/** Which database it is: the same in every copy of the server's files. */
export const databaseSql: string = `(SELECT system_identifier::text FROM pg_control_system()) || '.' ||
  (SELECT oid::text FROM pg_database WHERE datname = current_database())`
