import type { Places } from './compose/operator.ts'

/** Folders and files of this machine's file system. */
export async function openPlaces(): Promise<Places> {
  const { openFolderDirectory } = await import('../adapters/directory/filesystem/open-folder-directory.ts')
  return {
    folder: openFolderDirectory,
    layoutToWrite: async (path) => openFolderDirectory(path),
    layoutToRead: async (path) => openFolderDirectory(path),
  }
}
