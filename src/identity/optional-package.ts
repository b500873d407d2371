/** HOST: packages that only some set-ups need, and that whoever needs them installs: Microsoft's libraries, and AWS's. */

/** What this version was tested with. */
const VERSIONS = {
  '@aws-sdk/client-s3': '3.1175.0',
  '@azure/identity': '4.13.1',
  '@azure/keyvault-secrets': '4.11.0',
  '@azure/storage-blob': '12.32.0',
} as const;

export type OptionalPackage = keyof typeof VERSIONS;

/** Returns what is wrong where the package is not there, with the line that installs it; looks without loading it. */
export function packageProblem(name: OptionalPackage): string | undefined {
  try {
    require.resolve(name);
    return undefined;
  } catch {
    return `needs the package ${name}, which is not installed: npm install ${name}@^${VERSIONS[name]}`;
  }
}

/** Not by `import()`: the library's own cache has to be the one that `require` of its parts finds. */
export function loadPackage<Library>(name: OptionalPackage): Library {
  const problem = packageProblem(name);
  if (problem !== undefined) throw new Error(`This set-up ${problem}`);
  return require(name);
}
