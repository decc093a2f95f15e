// Loaded into the server before anything else: it comes up as if it had been off for a while.
const real = Date.now
const ahead = Number(process.env['CRASH_CLOCK_AHEAD_MS'] ?? 0)
Date.now = () => real() + ahead
