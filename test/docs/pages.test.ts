/** What the pages lead to is there: pictures, other pages, headings; and no block of code is of a kind that no test knows. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { blocksOf, PAGES, placeOf, ROOT } from './blocks';

const LARGEST_PICTURE_BYTES = 200_000;

const linksOf = (page: string) => {
  const text = readFileSync(path.join(ROOT, page), 'utf8').replaceAll(/^```.*?^```/gms, '');
  return [...text.matchAll(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, mark, words = '', target = '']) => ({
    isPicture: mark === '!',
    words,
    target,
  }));
};

const fileOf = (page: string, target: string) => path.join(ROOT, path.dirname(page), target);

describe('pictures', () => {
  const FOLDER = path.join(ROOT, 'docs', 'pictures');
  const shown = PAGES.flatMap((page) =>
    linksOf(page)
      .filter(({ isPicture }) => isPicture)
      .map(({ words, target }) => ({ words, file: fileOf(page, target) })),
  );

  it('are all shown, and those that are shown are there', () => {
    const files = readdirSync(FOLDER).map((name) => path.join(FOLDER, name));
    expect([...new Set(shown.map(({ file }) => file))].sort()).toEqual(files.sort());
  });

  it('are told in words, and are soon loaded', () => {
    for (const { words, file } of shown) {
      expect([file, words.length > 40]).toEqual([file, true]);
      expect([file, statSync(file).size < LARGEST_PICTURE_BYTES]).toEqual([file, true]);
    }
  });
});

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return plain
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/^```.*?^```/gms, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

it.each(PAGES)('%s links to what is there', (page) => {
  const broken = linksOf(page).filter(({ target }) => {
    if (/^\w+:/.test(target)) return false;
    const [name = '', anchor] = target.split('#');
    const file = name === '' ? path.join(ROOT, page) : fileOf(page, name);
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return true;
    return anchor !== undefined && !anchorsOf(file).includes(anchor);
  });
  expect(broken.map(({ target }) => target)).toEqual([]);
});

/** By language, who knows its blocks; where pages are named, only there. */
const KNOWN: Record<string, { by: string; pages?: string[] }> = {
  '': { by: 'commands.test.ts' },
  sh: { by: 'commands.test.ts and test/cli/dev.test.ts' },
  console: { by: 'commands.test.ts' },
  feel: { by: 'feel.test.ts' },
  json: { by: 'json.test.ts' },
  ts: { by: 'typescript.test.ts' },
  js: { by: 'test/package/projects.test.ts', pages: ['README.md'] },
  text: {
    by: 'command-page.test.ts, test/cli/dev.test.ts and test/cli/doctor.test.ts',
    pages: ['README.md', 'docs/command.md', 'docs/doctor.md', 'docs/getting-started.md'],
  },
  dockerfile: { by: 'this file', pages: ['docs/identity.md'] },
  caddyfile: { by: 'this file', pages: ['docs/callbacks.md'] },
  nginx: { by: 'this file', pages: ['docs/callbacks.md'] },
  sql: { by: 'commands.test.ts', pages: ['docs/operations.md'] },
  yaml: { by: 'test/monitoring/files.test.ts', pages: ['docs/operations.md'] },
};

it('has no block that no test knows', () => {
  const unknown = blocksOf().filter(({ language, page }) => {
    const known = KNOWN[language];
    return known === undefined || known.pages?.includes(page) === false;
  });
  expect(unknown.map((block) => `${placeOf(block)}: ${block.language}`)).toEqual([]);
});

it('shows an image with the packages of the versions that are tested', () => {
  const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const [image] = blocksOf('dockerfile');
  for (const name of ['@azure/identity', '@azure/keyvault-secrets'])
    expect(image?.code).toContain(`${name}@${devDependencies[name]}`);
});

it('shows proxies that can be read, and that pass on to one port', () => {
  const proxies = blocksOf('caddyfile', 'nginx');
  const ports = proxies.map(({ code }) => /127\.0\.0\.1:(\d+)/.exec(code)?.[1]);
  expect(ports).toEqual(['8088', '8088']);
  for (const { code } of proxies) expect(code.match(/{/g)).toHaveLength(code.match(/}/g)?.length ?? 0);
});
