import { barChart, lineChart } from '../../bench/report/chart';

const frame = { title: 'A claim', subtitle: 'under this', yName: 'requests' };

test('a chart of lines is an SVG that names each of them', () => {
  const lines = [
    {
      name: 'own',
      points: [
        [1, 2],
        [5_000, 30],
      ] as [number, number][],
    },
    { name: 'nothing', points: [] },
  ];
  const svg = lineChart({ ...frame, xName: 'robots', lines });
  expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
  for (const word of ['A claim', 'under this', 'requests', 'robots', 'own']) expect(svg).toContain(word);
  expect(svg).not.toContain('nothing');
});

test('a chart of bars shows the value of each', () => {
  const svg = barChart({
    ...frame,
    bars: [
      { name: 'floor', value: 81.25 },
      { name: 'naive', value: 40 },
    ],
  });
  for (const word of ['floor', '81.3', 'naive', '40.0']) expect(svg).toContain(word);
});
