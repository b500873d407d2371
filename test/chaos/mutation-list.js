/** What `npm run chaos:mutations` breaks: edits of files of the build, as file, what is there, and what comes in its place. */
const MUTATIONS = [
  {
    name: 'key-from-run-id',
    breaks: 'the key of a robot is made from the run id, which a reset changes',
    edits: [
      [
        'activities/trigger/identity.js',
        'run: startsAgain ? ofExecution(run, runId) : run,',
        'run: ofExecution(run, runId),',
      ],
    ],
  },
  {
    name: 'old-refusals',
    breaks: 'every 4xx but 408 counts as a refusal of Dataverse, as up to 0.3.0',
    edits: [
      [
        'dataverse/http/answers.js',
        'if (REFUSALS[answer.status] === undefined)',
        'if (answer.status >= 400 && answer.status < 500 && answer.status !== 408) return true;\n    $&',
      ],
      [
        'dataverse/http/answers.js',
        "REFUSALS[status] ?? 'unavailable'",
        "REFUSALS[status] ?? (status < 500 ? 'badRequest' : 'unavailable')",
      ],
    ],
  },
  {
    name: 'refusals-end-a-wait',
    breaks: 'a refused look gives up a robot that is started, as up to 0.3.0',
    edits: [['workflow-bundle.js', /\(0,\s*\w+\.patched\)\(\w+\.REFUSALS_ARE_WAITED_OUT\)/g, 'false']],
  },
];

/** @throws where the file has changed, so that nothing would be broken. */
function mutated(text, [file, from, to]) {
  const after = text.replace(from, to);
  if (after === text) throw new Error(`${file} no longer holds ${from}: mend test/chaos/mutation-list.js`);
  return after;
}

module.exports = { MUTATIONS, mutated };
