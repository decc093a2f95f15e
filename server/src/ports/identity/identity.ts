/** Says who someone is from what they showed. */
export interface Identity {
  /**
   * The user's name when the password is theirs, else undefined. Takes as long for a user who does not exist.
   * `from`: where they come from. Where too many wait, those of another place are not kept out by them.
   * @throws RegistryError `too-many-requests` where too many wait to be verified
   */
  verify(user: string, password: string, from?: string): Promise<string | undefined>
}
