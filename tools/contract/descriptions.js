/** The doc comments of the published types, by which the contract describes its fields: written once, in `src/`. */
const { readModels, textOf } = require('../doc-model');

function addTypes(item, types) {
  for (const member of item.members ?? []) addTypes(member, types);
  if (item.kind !== 'Interface') return;
  const references = item.excerptTokens.filter(({ kind }) => kind === 'Reference');
  const fields = item.members.filter(({ docComment }) => docComment);
  types.set(item.name, {
    comment: item.docComment,
    bases: references.map(({ text }) => text),
    fields: new Map(fields.map(({ name, docComment }) => [name, docComment])),
  });
}

/** @returns {{ ofType: (name: string) => string | undefined, ofField: (type: string, field: string) => string | undefined }} */
function readDescriptions() {
  const types = new Map();
  const models = readModels(['index', 'client'], { includeForgottenExports: true });
  for (const model of Object.values(models)) addTypes(model, types);
  const comment = (type, field) => {
    const known = types.get(type);
    if (known === undefined) return undefined;
    return known.fields.get(field) ?? known.bases.map((base) => comment(base, field)).find(Boolean);
  };
  const described = (found) => (found ? textOf(found) : undefined);
  return {
    ofType: (type) => described(types.get(type)?.comment),
    ofField: (type, field) => described(comment(type, field)),
  };
}

module.exports = { readDescriptions };
