/** Makes the programs and the library of the package in a folder, which is made where it is not there. */
export declare function bundle(folder: string): Promise<void>
