import type { Places } from './compose/operator.ts'

/** Folders of this machine's file system. */
export async function openPlaces(): Promise<Places> {
  const { openFolderDirectory } = await import('../adapters/directory/filesystem/open-folder-directory.ts')
  return { folder: openFolderDirectory }
}
