/** The kinds that Lading knows of itself, as names for programs. Any other kind is its name as text. */
export const ArtifactType = {
  PERSONA: 'persona',
  TEAM: 'team',
  WORKFLOW: 'workflow',
  SKILL: 'skill',
  TYPE: 'type',
  INTERFACE: 'interface',
  ENUM: 'enum',
  FUNCTION: 'function',
  MODULE: 'module',
  IMAGE: 'image',
  CHART: 'chart',
  FILE: 'file',
} as const
/** The name of a kind: one of `ArtifactType`, or of a kind that the configuration adds. */
export type ArtifactType = (typeof ArtifactType)[keyof typeof ArtifactType] | (string & {})
