/** Tells passwords that many have, or that were found in what others have lost. */
export interface CommonPasswords {
  /** Case aside. Nobody waits for a list that is far: it comes with the program. */
  has(password: string): Promise<boolean>
}

/** Hashes passwords, and compares them with hashes, off the serving thread. */
export interface Passwords {
  /** In the PHC string format, under a salt of its own. @throws TypeError the password has a NUL */
  hash(password: string): Promise<string>
  /**
   * Whether `password` has this hash. Without a hash the answer is no, after the same work: `who` is taken for the same
   * somebody each time, so that nobody can tell a name that is not there.
   * `from`: where they come from. Where too many wait, those of another place are not kept out by them.
   * @throws RegistryError `too-many-requests` where too many wait to be verified
   */
  verify(asked: Asked): Promise<boolean>
}

export interface Asked {
  readonly who: string
  readonly password: string
  readonly hash: string | undefined
  readonly from?: string | undefined
}
