// Loaded into the server, and into each of its threads, before anything else: it comes up as if it had been off for a while.
const real = Date.now
const ahead = Number(new URL(import.meta.url).searchParams.get('ms'))
Date.now = () => real() + ahead
