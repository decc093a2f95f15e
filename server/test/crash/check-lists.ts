import { offsetOf } from './blobs.ts'
import { type Check, observe, read } from './reading.ts'
import { holdingKey, manifestKey, type Session, tagKey, tags } from './world.ts'

export async function checkTags(check: Check, repository: string): Promise<void> {
  const { status, body } = await read(check, `/v2/${repository}/tags/list`, [200, 404])
  const listed: string[] = status === 200 ? JSON.parse(body.toString()).tags : []
  for (const tag of tags) {
    const path = `/v2/${repository}/manifests/${tag}`
    const { status: found, headers } = await read(check, path, [200, 404])
    const digest = found === 200 ? String(headers['docker-content-digest']) : ''
    observe(check, tagKey(repository, tag), digest)
    if (listed.includes(tag) !== (digest !== ''))
      check.world.say(`${repository}:${tag}: the list says otherwise`)
    if (digest !== '' && !check.there.has(manifestKey(repository, digest))) {
      check.world.say(`${repository}:${tag} names ${digest}, which is not there`)
    }
  }
  for (const tag of listed) {
    if (!tags.some((known) => known === tag)) check.world.say(`${repository}:${tag}: nobody has pushed it`)
  }
}

export async function checkReferrers(check: Check, repository: string): Promise<void> {
  const { world } = check
  const speaking = [...world.manifests].filter(([, one]) => one.repository === repository && one.subject)
  for (const [subject, of] of Map.groupBy(speaking, ([, { subject: digest }]) => digest)) {
    const { body } = await read(check, `/v2/${repository}/referrers/${subject}`, [200])
    const { manifests } = JSON.parse(body.toString()) as { manifests: { digest: string }[] }
    const listed = new Set(manifests.map(({ digest }) => digest))
    for (const [key, { digest }] of of) {
      if (!listed.has(digest) && world.registers.certain(key) === 'there') {
        world.say(`${key} is not among the referrers of ${subject}`)
      }
      if (listed.delete(digest) && !check.there.has(key)) world.say(`${key} is listed, and not there`)
    }
    if (listed.size > 0) world.say(`referrers of ${subject} that nobody pushed: ${[...listed].join(', ')}`)
  }
}

export async function checkSession(check: Check, session: Session): Promise<void> {
  const { world, wire } = check
  const { blob, acknowledged, closing, location, repository } = session
  const isOver = closing && check.there.has(holdingKey(repository, blob.digest))
  if (isOver || world.now() >= session.until) {
    world.sessions.delete(session)
    return
  }
  session.closing = false
  const reply = await wire.send({ path: location })
  const offset = reply?.status === 204 ? offsetOf(reply.headers['range']) : -1
  if (offset >= acknowledged && offset <= blob.size) return
  world.sessions.delete(session)
  if (world.now() >= session.until) return
  world.say(
    `upload of ${blob.digest}: it stands at ${offset} (${reply?.status}), and ${acknowledged} of ${blob.size} bytes were acknowledged`,
  )
}
