// The first import of every entry of the package: whoever has an older Node reads this, and not what it lacks.
const needed = { major: 24, minor: 11 }

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < needed.major || (major === needed.major && minor < needed.minor)) {
  throw new Error(
    `The library lading needs Node ${needed.major}.${needed.minor} or later, and this is Node ${process.versions.node}. ` +
      'Only the command lading brings a Node of its own.',
  )
}
