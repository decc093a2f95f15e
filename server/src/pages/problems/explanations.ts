import type { ProblemCode } from '../../http/problem-code.ts'

/** For whoever meets a problem: what it means, and what to do. */
export interface Explanation {
  readonly means: string
  readonly mend: string
}

const look = 'Look at what is there, for instance on the page of the repository, and ask for that.'
const oneOfSpec = 'Correct it as the sentence of the answer says, and send it again.'
const again = 'Try again; the answer says after how long.'

export const explanations: { readonly [C in ProblemCode]: Explanation } = {
  'name-invalid': {
    means: 'The name is not one that a repository can have.',
    mend: 'Use small letters, digits and . _ - between them, with / between the parts.',
  },
  'name-unknown': {
    means: 'There is no such repository, or you may not know of it; the registry does not tell which.',
    mend: 'See whether the name is right, and log in as somebody who may read it.',
  },
  'name-deleted': {
    means: 'What the repository held was deleted, and its name is kept for whoever restores it.',
    mend: 'Restore it, or purge it to use its name again.',
  },
  'tag-invalid': {
    means: 'The name of a tag has at most 128 letters, digits and . _ -, and begins with none of . and -.',
    mend: 'Choose another name for the tag.',
  },
  'reference-invalid': { means: 'What was named is neither a tag nor a digest.', mend: oneOfSpec },
  'digest-invalid': {
    means: 'A digest is the name of a hash, a colon and the hash, such as sha256: and 64 digits.',
    mend: oneOfSpec,
  },
  'digest-mismatch': {
    means:
      'The bytes that came are not those that were announced: they changed on their way, or were read while they changed.',
    mend: 'Send them again.',
  },
  'size-invalid': { means: 'The body was shorter or longer than announced.', mend: 'Send it again.' },
  'blob-unknown': {
    means: 'The repository does not have this content.',
    mend: 'Push it, or mount it from a repository that has it.',
  },
  'blob-in-use': { means: 'A manifest names this content.', mend: 'Delete that manifest first.' },
  'upload-unknown': {
    means: 'The upload has ended, was cancelled, or was left alone for too long.',
    mend: 'Begin a new one.',
  },
  'upload-invalid': { means: 'What was sent cannot be part of this upload.', mend: 'Begin a new one.' },
  'upload-range': {
    means: 'The part does not begin where the upload stands.',
    mend: 'Continue from where the answer says that it stands.',
  },
  'upload-busy': {
    means: 'Another request is writing to the same upload.',
    mend: 'Wait for it to end, or begin another upload.',
  },
  'manifest-unknown': { means: 'The repository has no such manifest, or no such tag.', mend: look },
  'manifest-invalid': {
    means: 'The manifest is not what its type asks for; the answer says which part of it.',
    mend: oneOfSpec,
  },
  'manifest-too-large': {
    means: 'The manifest has more bytes than this registry takes.',
    mend: 'Make it smaller, or ask the operator to raise limits.manifestBytes.',
  },
  'manifest-too-many-links': {
    means: 'The manifest names more content than this registry takes of one.',
    mend: 'Split it, or ask the operator to raise limits.linksPerManifest.',
  },
  'manifest-reference-unknown': {
    means: 'The manifest names content that the repository does not have.',
    mend: 'Push that content first, then the manifest.',
  },
  'manifest-in-use': { means: 'An index names this manifest.', mend: 'Delete that index first.' },
  'tag-immutable': {
    means: 'Tags of this name stay where they are once they exist.',
    mend: 'Use another tag. The pattern is the namespace’s, and the operator or its owner can change it.',
  },
  'precondition-failed': {
    means: 'The request was to be carried out only if something was as you knew it, and it is not any more.',
    mend: 'Read it again, and decide anew.',
  },
  'range-unsatisfiable': {
    means: 'The part that was asked for lies outside the content.',
    mend: 'Ask for a part within its size, which the answer says.',
  },
  'parameter-invalid': {
    means: 'A parameter, header or member of the body is not what it should be; the answer names it.',
    mend: oneOfSpec,
  },
  unauthenticated: {
    means: 'You have not said who you are, or what you showed is wrong, or not good any more.',
    mend: 'Log in, or make a new key or token.',
  },
  denied: {
    means: 'It is known who you are, and you may not do this.',
    mend: 'Ask whoever owns the namespace for the right that the answer names.',
  },
  'quota-exceeded': {
    means: 'The namespace would use more than it may.',
    mend: 'Delete what is not needed, or ask the operator for more.',
  },
  unsupported: {
    means: 'This registry does not do that.',
    mend: 'The answer says what it is about; leave it out.',
  },
  'search-off': { means: 'The operator has switched search off.', mend: 'Ask for artifacts by their names.' },
  'method-unsupported': {
    means: 'There is something at this path, and it cannot be asked so.',
    mend: 'The header Allow says how it can.',
  },
  'path-unknown': {
    means: 'There is nothing at this path.',
    mend: 'See whether the address is right; the answer may say what was meant.',
  },
  'too-large': { means: 'What was sent is over a limit, which the answer names.', mend: 'Send less.' },
  'too-many-requests': {
    means:
      'More was asked than may be, or more wrong passwords were tried, or the registry has more to do than it can hold.',
    mend: 'Wait for as long as Retry-After says. RateLimit and RateLimit-Policy tell how often something may be asked.',
  },
  unavailable: {
    means: 'A part that the registry stands on does not answer now. Nothing is known to be lost.',
    mend: again,
  },
  'content-damaged': {
    means: 'The bytes of this content were lost or changed on the disk, so they are not given out.',
    mend: 'Push the same content again, or ask the operator to restore it.',
  },
  'storage-full': {
    means: 'The registry has no space left for this.',
    mend: 'Tell its operator; what is there already stays.',
  },
  'unknown-outcome': {
    means: 'The connection to the records broke while a change was made: it may have been made or not.',
    mend: 'Look whether it was made before you repeat it.',
  },
  'artifact-unknown': { means: 'There is no such artifact, or you may not know of it.', mend: look },
  'artifact-invalid': {
    means: 'A field of the artifact is not what its kind asks for; the answer names it.',
    mend: oneOfSpec,
  },
  'artifact-exists': {
    means: 'There is an artifact of this name.',
    mend: 'Choose another name, or make a new version of that one.',
  },
  'artifact-changed': {
    means: 'Somebody else has changed it since you read it.',
    mend: 'Read it again, and repeat your change.',
  },
  'version-unknown': { means: 'The artifact has no such version.', mend: look },
  'file-unknown': { means: 'The version has no such file.', mend: look },
  'version-exists': { means: 'The artifact has a version of this number.', mend: 'Choose another number.' },
  'version-published': { means: 'What is published stays as it is.', mend: 'Make a new version.' },
  'version-draft': { means: 'This wants a version that is published.', mend: 'Publish it first.' },
  'version-yanked': {
    means: 'The version was taken back by whoever made it.',
    mend: 'Use another one, or take back that it is yanked.',
  },
  'collection-unknown': { means: 'There is no such collection, or you may not know of it.', mend: look },
  'account-unknown': {
    means: 'There is no such user, organisation, team, robot, role, grant or key, or you may not know of it.',
    mend: 'See whether the name is right.',
  },
  'account-exists': {
    means: 'The name is taken, or was: a name that was given is never given again.',
    mend: 'Choose another name.',
  },
  'account-invalid': {
    means: 'A field of the account is not what it should be; the answer names it.',
    mend: oneOfSpec,
  },
  'account-in-use': {
    means: 'Something else hangs on it, which the answer names: it cannot go before that.',
    mend: 'Take away what hangs on it first.',
  },
  'workload-refused': {
    means:
      'The token is good, and no rule of the registry has claims like its own; the answer says which was to be otherwise.',
    mend: 'Change where the token comes from, or ask the operator to change signIn.workloads.',
  },
  'link-invalid': {
    means: 'The link was used already, is too old, or is not whole.',
    mend: 'Ask for a new one.',
  },
  'last-owner': {
    means: 'Nobody would be left who may look after the organisation.',
    mend: 'Make somebody else an owner first.',
  },
  'scan-timeout': {
    means: 'Nothing narrows down what was asked for, and looking at all of it took too long.',
    mend: 'Filter by what the answer names.',
  },
  failed: {
    means: 'The registry met something that nobody foresaw. Its log has more about it.',
    mend: 'Tell its operator the id of the request.',
  },
  'connections-exceeded': { means: 'More connections are open than the registry holds.', mend: again },
  'request-malformed': {
    means: 'What was sent is no HTTP request, or one that two readers could take for different ones.',
    mend: 'See what stands between you and the registry; a client that speaks HTTP/1.1 is understood.',
  },
  'request-slow': {
    means: 'The request did not arrive in time.',
    mend: 'Send it again; a proxy may keep it back.',
  },
  'headers-too-large': {
    means: 'The headers are larger, or more, than the registry takes.',
    mend: 'Send fewer, such as cookies of other sites, or ask the operator to raise limits.headerBytes.',
  },
  'chunk-extensions-too-large': {
    means: 'The body comes in chunks with more about them than the registry reads.',
    mend: 'Send it without chunk extensions.',
  },
  'expectation-unmet': {
    means: 'The request expects something other than 100-continue.',
    mend: 'Leave the header Expect out.',
  },
  'host-missing': {
    means: 'The request does not say by which name it is for the registry.',
    mend: 'Send a Host header, as HTTP/1.1 asks for.',
  },
  'host-invalid': {
    means: 'The Host header is no name or address with a port, or stands there more than once.',
    mend: 'Send one Host header, with the name that the registry is reached by.',
  },
}
