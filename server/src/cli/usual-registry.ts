import { clientRegistry } from '../config/environment-names.ts'
import type { World } from './world.ts'

const onThisMachine = '127.0.0.1:7070'

/** What is asked by a command that names no registry. */
export const usualRegistry = ({ input }: World): string => clientRegistry(input.env) ?? onThisMachine

/** The same, to be told. */
export const usualRegistryInWords: string = `LADING_REGISTRY where it is not given, else ${onThisMachine}`
