import type { Places } from './compose/operator.ts'

/** Folders and files of this machine's file system. */
export async function openPlaces(): Promise<Places> {
  const [{ openFolderDirectory }, { openNewFolder }, { openTarReader }, { openTarWriter }] =
    await Promise.all([
      import('../adapters/directory/filesystem/open-folder-directory.ts'),
      import('../adapters/directory/filesystem/open-new-folder.ts'),
      import('../adapters/directory/tar/open-tar-reader.ts'),
      import('../adapters/directory/tar/open-tar-writer.ts'),
    ])
  return {
    folder: openFolderDirectory,
    layoutToWrite: (path) => (isArchive(path) ? openTarWriter(path) : openNewFolder(path)),
    layoutToRead: async (path, signal) =>
      isArchive(path) ? await openTarReader(path, signal) : openFolderDirectory(path),
  }
}

function isArchive(path: string): boolean {
  return path.endsWith('.tar')
}
