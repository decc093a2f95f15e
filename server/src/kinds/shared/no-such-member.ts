/** How it begins what is said of a member that a closed object does not have. */
export const noSuchMember = 'there is no such member'
