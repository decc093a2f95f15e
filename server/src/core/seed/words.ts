type Words = readonly [string, ...string[]]

const words = (text: string): Words => {
  const [first = '', ...more] = text.trim().split(/\s+/)
  return [first, ...more]
}

/** 64: titles are made of one of each, and none is to be met twice before all were. */
export const adjectives: Words = words(`
  agile ample astute balanced bold brave brisk bright calm candid careful central clear clever compact concise
  constant cordial crisp curious daring deep deft direct eager early earnest easy even exact fair fast
  firm fluent fresh gentle grand handy honest humble keen kind lean light lively logical lucid mellow
  merry mild modest neat nimble noble open patient plain polite prompt proper quick quiet ready robust`)

/** 64. */
export const subjects: Words = words(`
  invoice contract schema ledger payment shipment catalog inventory incident pipeline deployment release commit review ticket meeting
  report survey forecast budget travel booking recipe nutrition fitness sensor telemetry weather traffic route warehouse fleet
  archive manuscript citation glossary translation transcript caption podcast image video audio font palette layout form dialog
  query index cache queue webhook token secret policy permission audit backup migration cluster container network gateway`)

/** What artifacts of each kind are called, 8 each. */
export const nouns: Readonly<Record<string, Words>> = {
  persona: words('auditor advisor tutor editor planner guide analyst reviewer'),
  team: words('council desk crew panel squad board bureau guild'),
  workflow: words('triage intake handover rollout cleanup digest escalation onboarding'),
  skill: words('parsing drafting summary matching scoring tagging routing forecasting'),
  type: words('record entry summary reference range amount label snapshot'),
  interface: words('source sink store reader writer provider observer formatter'),
  enum: words('state level mode category priority format unit channel'),
  function: words('parser checker mapper merger splitter counter sorter filter'),
  module: words('toolkit adapters rules client helpers models presets bindings'),
  image: words('service worker api agent proxy runner exporter console'),
  chart: words('stack platform release bundle setup operator suite environment'),
  file: words('dataset notes handbook report sample template primer inventory'),
}

/** The most usual ones first. */
export const topics: Words = words(`
  automation productivity writing analysis coding research finance education support security devops testing design marketing legal health
  data documentation translation planning sales hiring compliance accounting logistics retail travel science statistics visualization reporting operations
  monitoring observability kubernetes databases search caching messaging streaming networking frontend backend mobile accessibility localization typography layout
  accessibility-audits billing procurement contracts privacy identity encryption forensics incident-response risk governance ethics safety quality performance reliability
  agile retrospectives onboarding mentoring interviews storytelling poetry journalism editing proofreading summarization classification extraction clustering ranking
  recommendation forecasting optimization simulation robotics geography climate energy agriculture biology chemistry physics mathematics astronomy history philosophy
  music photography film games sports cooking gardening architecture construction manufacturing automotive aviation maritime railways insurance banking`)

export const skillNames: Words = words(`
  python typescript sql writing editing reviewing planning debugging testing research statistics summarization translation interviewing negotiation teaching
  rust go java regex git docker kubernetes terraform linux shell spreadsheets charts presentations accounting contracts taxation
  threat-modeling penetration-testing incident-response log-analysis profiling refactoring api-design data-modeling etl dashboards forecasting
  copywriting proofreading fact-checking storytelling localization typography wireframing prototyping accessibility user-research
  facilitation mediation coaching scheduling budgeting procurement logistics routing inventory quality-control root-cause-analysis`)

export const skillCategories: Words = words('engineering language data operations design business')
export const capabilities: Words = words(
  'chat tools vision streaming memory search code-execution file-access web-access structured-output batch offline',
)
export const categories: Words = words(
  'assistant development business education data infrastructure content science',
)
export const languages: Words = words('en en en en de fr es ja pt zh')
export const licenses: readonly [string, ...string[]] = [
  'Apache-2.0',
  'MIT',
  'Apache-2.0',
  'MIT',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'GPL-3.0-or-later',
  '',
]
export const animals: Words = words(`
  otter heron lynx badger falcon marten osprey beaver ibis gecko tapir wombat puffin plover stoat vole
  bison caribou egret ferret grouse jackal kestrel lemur magpie newt ocelot pika quail raven seal toucan`)
export const ventures: Words = words(`
  labs works systems studio foundry harbor bridge forge orchard meadow summit canyon delta lantern anchor compass
  atlas beacon cedar ember granite juniper kiln lagoon maple nectar onyx prairie quartz ridge sierra tundra`)
export const tones: Words = words('friendly formal concise patient direct encouraging neutral dry')
export const verbs: Words = words(
  'checks explains sorts compares drafts watches corrects gathers measures plans',
)
export const qualities: Words = words(
  'carefully quickly step-by-step thoroughly quietly politely reliably without-fuss',
)
