import { columns, isDead } from './columns.ts'
import { cells, type Row, type Rows } from './row.ts'

const page: Row = { needs: 'anyone', done: 200, refused: 200, ask: () => ({}) }
/** Whoever asks says nothing of who they are: nobody looks at what comes along. */
const unasked: Row = { ...page, but: cells(200, columns.filter(isDead)) }
const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } } as const

/** One operation at least below each first segment of a path, but for those that have tables of their own. */
export const doorRows: Rows = {
  'GET /': [
    {
      needs: 'artifacts:read of namespace',
      done: 200,
      refused: '200 hidden',
      anonymous: '200 hidden',
      shows: /acme\/app/,
      ask: () => ({}),
    },
  ],
  'GET /r/acme/app': [{ needs: 'artifacts:read of namespace', done: 200, refused: 404, ask: () => ({}) }],
  'GET /token': [
    {
      ...page,
      about: 'for a repository: whoever may not read it gets one that is good for nothing',
      ask: () => ({ query: '?service=registry.example&scope=repository:acme/app:pull' }),
    },
  ],
  'GET /.well-known/jwks.json': [unasked],
  'GET /healthz': [unasked],
  'GET /readyz': [unasked],
  // Who may is said by the configuration, which names nobody here.
  'GET /metrics': [
    { needs: 'anyone', done: 403, refused: 403, anonymous: 401, ask: () => ({}), but: { anonymous: 401 } },
  ],
  'GET /problems/denied': [unasked],
  'GET /setup': [page],
  'GET /password': [page],
  'GET /login': [page],
  'GET /forgotten': [page],
  'GET /verify': [page],
  'GET /account': [page],
  'GET /device': [page],
  'POST /logout': [{ needs: 'anyone', done: 401, refused: 401, ask: () => ({ ...form, body: 'csrf=none' }) }],
  'GET /sign-in/none': [
    { needs: 'anyone', done: 404, refused: 404, ask: () => ({}), but: cells(404, columns.filter(isDead)) },
  ],
  'POST /oauth/token': [
    {
      needs: 'anyone',
      done: 400,
      refused: 400,
      ask: () => ({ ...form, body: 'grant_type=none' }),
      but: cells(400, columns.filter(isDead)),
    },
  ],
}
