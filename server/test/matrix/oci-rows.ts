import { type Column, columns, isRobot, type Person } from './columns.ts'
import { cells, type Filled, type Row, type Rows } from './row.ts'
import { config, digestOf, type MatrixWorld, manifestOf, manifestType, names } from './world.ts'

const acme = { name: 'acme/app' }
const reading = { needs: 'artifacts:read of namespace', done: 200, refused: 404 } as const
/** Either is enough to bring content. */
const bringing = { needs: 'artifacts:create or artifacts:update of namespace', refused: 403 } as const
const deleting = { done: 202, refused: 403 } as const
const headers = { 'Content-Type': manifestType }

const head = (row: Row): Row => {
  const { shows: _, ...rest } = row
  return rest
}

/** An upload that is under way. */
const upload = async (world: MatrixWorld): Promise<{ readonly at: Record<string, string> }> => {
  const begun = await world.request('administrator', 'POST', '/v2/acme/app/blobs/uploads/')
  const upload = String(begun.headers.location).split('/').at(-1) ?? ''
  return { at: { ...acme, upload } }
}

const blob = async (world: MatrixWorld): Promise<string> => {
  const body = world.fresh('blob')
  const path = `/v2/acme/app/blobs/uploads/?digest=${digestOf(body)}`
  await world.request('administrator', 'POST', path, { body })
  return digestOf(body)
}

const pushed = (name: string, reference: string, words: string): Filled => ({
  at: { name, reference },
  body: manifestOf(words),
  headers,
})

/** What somebody pushes names content that is there. */
const preparedRepository = async (world: MatrixWorld): Promise<string> => {
  const name = `acme/${world.fresh('app')}`
  const path = `/v2/${name}/blobs/uploads/?digest=${digestOf(config)}`
  await world.request('administrator', 'POST', path, { body: config })
  return name
}

const getManifest: Row = { ...reading, ask: () => ({ at: { ...acme, reference: 'v1' } }) }
const getBlob: Row = { ...reading, ask: () => ({ at: { ...acme, digest: digestOf(config) } }) }
const getTags: Row = { ...reading, shows: /v1/, ask: () => ({ at: acme }) }
const getHistory: Row = { ...reading, ask: () => ({ at: { ...acme, tag: 'v1' } }) }
const getReferrers: Row = { ...reading, ask: () => ({ at: { ...acme, digest: digestOf(config) } }) }
const getUpload: Row = { ...bringing, done: 204, ask: upload }
const ping: Row = { needs: 'account', done: 200, refused: 200, ask: () => ({}) }
const catalog: Row = {
  needs: 'artifacts:read of namespace',
  done: 200,
  refused: '200 hidden',
  // There is something that anybody may read.
  anonymous: '200 hidden',
  shows: /acme\/app/,
  ask: () => ({}),
}
const robots = columns.filter(isRobot)

/** Where each of the endpoints is. */
export const ociPaths: Readonly<Record<string, string>> = {
  ping: '/v2/',
  catalog: '/v2/_catalog',
  manifest: '/v2/{name}/manifests/{reference}',
  blob: '/v2/{name}/blobs/{digest}',
  uploads: '/v2/{name}/blobs/uploads/',
  upload: '/v2/{name}/blobs/uploads/{upload}',
  tags: '/v2/{name}/tags/list',
  'tag-history': '/v2/{name}/_lading/tags/{tag}/history',
  referrers: '/v2/{name}/referrers/{digest}',
}

/** By operation of the distribution protocol: its method and endpoint. */
export const ociRows: Rows = {
  'GET ping': [ping],
  'HEAD ping': [ping],
  'GET catalog': [catalog],
  'HEAD catalog': [{ ...head(catalog), refused: 200, anonymous: 200 }],

  'GET manifest': [getManifest],
  'HEAD manifest': [getManifest],
  'PUT manifest': [
    {
      about: 'of a new repository',
      needs: 'artifacts:create of namespace',
      done: 201,
      refused: 403,
      ask: async (world) => pushed(await preparedRepository(world), 'v1', world.fresh('words')),
    },
    {
      about: 'by a new tag',
      needs: 'artifacts:update of namespace',
      done: 201,
      refused: 403,
      ask: (world) => pushed('acme/app', world.fresh('t'), world.fresh('words')),
    },
    {
      about: 'by its digest alone',
      needs: 'artifacts:update of namespace',
      done: 201,
      refused: 403,
      ask: (world) => {
        const words = world.fresh('words')
        return pushed('acme/app', digestOf(manifestOf(words)), words)
      },
    },
    {
      about: 'by a tag that is moved',
      needs: 'artifacts:update of namespace and tags:move of namespace',
      done: 201,
      refused: 403,
      ask: async (world) => {
        const tag = world.fresh('t')
        await world.image('acme/app', tag, world.fresh('words'))
        return pushed('acme/app', tag, world.fresh('words'))
      },
    },
  ],
  'DELETE manifest': [
    {
      ...deleting,
      about: 'by its tag',
      needs: 'tags:delete of namespace',
      ask: async (world) => {
        const reference = world.fresh('t')
        await world.image('acme/app', reference, world.fresh('words'))
        return { at: { ...acme, reference } }
      },
    },
    {
      ...deleting,
      about: 'by its digest',
      needs: 'artifacts:delete of namespace',
      ask: async (world) => ({
        at: { ...acme, reference: await world.image('acme/app', world.fresh('t'), world.fresh('words')) },
      }),
    },
  ],

  'GET blob': [getBlob],
  'HEAD blob': [getBlob],
  'DELETE blob': [
    {
      ...deleting,
      needs: 'artifacts:delete of namespace',
      ask: async (world) => ({ at: { ...acme, digest: await blob(world) } }),
    },
  ],
  'POST uploads': [
    { ...bringing, done: 202, ask: () => ({ at: acme }) },
    {
      ...bringing,
      about: 'all at once',
      done: 201,
      ask: (world) => {
        const body = world.fresh('blob')
        return { at: acme, query: `?digest=${digestOf(body)}`, body }
      },
    },
    {
      about: 'carrying something over from where it may not be read',
      needs: 'artifacts:read of namespace',
      done: 201,
      // It is to be uploaded, as if it were nowhere.
      refused: 202,
      ask: async (world, column) => ({
        at: { name: `${homeOf(column)}/copy` },
        query: `?mount=${await blob(world)}&from=acme/app`,
      }),
      // They may not bring anything to where it would go.
      but: {
        ...cells(403, robots),
        robot: 201,
        'robot for artifacts:create': 202,
        'robot for artifacts:update': 202,
      },
    },
  ],
  'GET upload': [getUpload],
  'HEAD upload': [getUpload],
  'PATCH upload': [
    { ...bringing, done: 202, ask: async (world) => ({ ...(await upload(world)), body: 'some' }) },
  ],
  'PUT upload': [
    {
      ...bringing,
      done: 201,
      ask: async (world) => {
        const body = world.fresh('blob')
        return { ...(await upload(world)), query: `?digest=${digestOf(body)}`, body }
      },
    },
  ],
  'DELETE upload': [{ ...bringing, done: 204, ask: upload }],

  'GET tags': [getTags],
  'HEAD tags': [head(getTags)],
  'GET tag-history': [getHistory],
  'HEAD tag-history': [getHistory],
  'GET referrers': [getReferrers],
  'HEAD referrers': [getReferrers],
}

/** A namespace of their own. */
const homeOf = (column: Column): string =>
  column === 'anonymous' || isRobot(column) ? 'open' : (names[column as Person] ?? 'ada')
