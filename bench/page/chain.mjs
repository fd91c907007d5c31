/** A chain of three errors, the innermost ten frames deep. */

function deep(level) {
  if (level > 0) return deep(level - 1)
  const user = undefined
  return user.name
}

async function load() {
  try {
    return deep(8)
  } catch (cause) {
    throw new TypeError('The profile could not be read', { cause })
  }
}

/** The error, made anew. */
export async function failChain() {
  try {
    await load()
  } catch (cause) {
    return new Error('The page could not be drawn', { cause })
  }
  throw new Error('nothing failed')
}
