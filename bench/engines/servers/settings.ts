/**
 * Of every PostgreSQL that is measured, beside its defaults: memory as its manual advises for a machine of 4 GB, and no
 * checkpoint in the middle of a measurement.
 */
export const measuredSettings: readonly string[] = [
  'shared_buffers=1GB',
  'max_wal_size=4GB',
  'checkpoint_timeout=30min',
]
