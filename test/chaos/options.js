/** The options that `npm run chaos` and `npm run chaos:mutations` have in common. */

/** Ends the process with 2 unless each of these options, where it is given, is a whole number; 0 is a seed alone. */
function requireNumbers(values, names) {
  for (const name of names) {
    const value = values[name];
    if (value === undefined || /^[1-9]\d*$/.test(value) || (name === 'seed' && value === '0')) continue;
    console.error(`--${name} must be a whole number above 0`);
    process.exit(2);
  }
}

module.exports = { requireNumbers };
