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
import { migrateDown } from './migrate-down.ts'
import { migrateExportSql } from './migrate-export-sql.ts'
import { migrateStatus } from './migrate-status.ts'
import { migrateUp } from './migrate-up.ts'
import { passwd } from './passwd.ts'
import { reindex } from './reindex.ts'
import { restore } from './restore.ts'
import { scrub } from './scrub.ts'
import { seed } from './seed.ts'
import { serve } from './serve.ts'
import { status } from './status.ts'
import { tagHistory } from './tag-history.ts'
import { tagRestore } from './tag-restore.ts'
import { version } from './version.ts'

const named: readonly Command[] = [
  serve,
  passwd,
  config,
  doctor,
  health,
  status,
  jobs,
  gc,
  scrub,
  reindex,
  backup,
  restore,
  copy,
  exportCommand,
  importCommand,
  migrateStatus,
  migrateUp,
  migrateDown,
  migrateExportSql,
  tagHistory,
  tagRestore,
  seed,
  version,
  completionOf(() => commands),
]

/** In the order of the help. */
export const commands: readonly Command[] = [...named, helpOn(named)]
