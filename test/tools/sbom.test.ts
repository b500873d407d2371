/** The list of what the image has of npm. */
import { runTool } from '../helpers/tool';

interface Component {
  group?: string;
  name: string;
  purl: string;
}

it('names the SDK and what it needs, with versions and licences, and nothing that is only for building', () => {
  const { code, stdout } = runTool('sbom.js');
  expect(code).toBe(0);
  const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: Component[] };
  expect(bomFormat).toBe('CycloneDX');
  const packages = components.map(({ purl }) => decodeURIComponent(purl));
  for (const name of ['@temporalio/worker', 'fastify', 'axios']) {
    expect(packages).toContainEqual(expect.stringMatching(new RegExp(`^pkg:npm/${name}@\\d+\\.`)));
  }
  expect(
    packages.filter((one) => /^pkg:npm\/(jest|typescript|fast-check|@biomejs\/biome)@/.test(one)),
  ).toEqual([]);
});

it('refuses a format that it does not know', () => {
  const { code, stderr } = runTool('sbom.js', 'xml');
  expect([code, stderr]).toEqual([2, 'npm run sbom -- cyclonedx or spdx\n']);
});
