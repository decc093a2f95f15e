import { explainCommand } from './access/explain.ts'
import { factorCommands } from './access/factors.ts'
import { grantCommands, roleCommands } from './access/grants.ts'
import { namespaceCommands } from './access/namespaces.ts'
import { organisationCommands } from './access/organisations.ts'
import { robotCommands } from './access/robots.ts'
import { teamCommands } from './access/teams.ts'
import { userCommands } from './access/users.ts'
import { auditExport } from './audit-export.ts'
import { auditHeads } from './audit-heads.ts'
import { auditList } from './audit-list.ts'
import { auditVerify } from './audit-verify.ts'
import { backup } from './backup.ts'
import type { Command } from './command.ts'
import { completionOf } from './completion.ts'
import { config } from './config.ts'
import { copy } from './copy.ts'
import { doctor } from './doctor.ts'
import { exportCommand } from './export.ts'
import { gc } from './gc.ts'
import { health } from './health.ts'
import { helpOn } from './help.ts'
import { importCommand } from './import.ts'
import { jobs } from './jobs.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { migrateDown } from './migrate-down.ts'
import { migrateExportSql } from './migrate-export-sql.ts'
import { migrateStatus } from './migrate-status.ts'
import { migrateUp } from './migrate-up.ts'
import { passwd } from './passwd.ts'
import { reindex } from './reindex.ts'
import { resetLink } from './reset-link.ts'
import { restore } from './restore.ts'
import { scrub } from './scrub.ts'
import { seed } from './seed.ts'
import { serve } from './serve.ts'
import { setupLink } from './setup-link.ts'
import { status } from './status.ts'
import { tagHistory } from './tag-history.ts'
import { tagRestore } from './tag-restore.ts'
import { version } from './version.ts'

const named: readonly Command[] = [
  serve,
  passwd,
  setupLink,
  resetLink,
  config,
  doctor,
  health,
  status,
  jobs,
  gc,
  scrub,
  reindex,
  auditList,
  auditExport,
  auditVerify,
  auditHeads,
  backup,
  restore,
  copy,
  exportCommand,
  importCommand,
  migrateStatus,
  migrateUp,
  migrateDown,
  migrateExportSql,
  login,
  logout,
  tagHistory,
  tagRestore,
  ...userCommands,
  ...organisationCommands,
  ...teamCommands,
  ...namespaceCommands,
  ...roleCommands,
  ...grantCommands,
  ...robotCommands,
  ...factorCommands,
  explainCommand,
  seed,
  version,
  completionOf(() => commands),
]

/** In the order of the help. */
export const commands: readonly Command[] = [...named, helpOn(named)]
