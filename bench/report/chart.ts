/** HOST, development only: one chart as SVG: one claim, axes with their units, every line named where it ends. */
import * as echarts from 'echarts';

const WIDTH = 760;
const HEIGHT = 440;
/** Colours that people with the usual colour blindnesses tell apart (Okabe and Ito). */
const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7'];
const INK = '#333333';
const GRID = '#E3E3E3';

interface Frame {
  /** What the chart shows, as a sentence. */
  title: string;
  /** Under which conditions. */
  subtitle: string;
  yName: string;
}

export interface LineChart extends Frame {
  xName: string;
  /** Otherwise both axes are logarithmic: sizes span three and more powers of ten. @default false */
  isLinear?: boolean;
  lines: { name: string; points: [number, number][] }[];
}

export interface BarChart extends Frame {
  bars: { name: string; value: number }[];
}

export function lineChart({ lines, xName, yName, isLinear = false, ...frame }: LineChart): string {
  const type = isLinear ? 'value' : 'log';
  const shown = lines.filter(({ points }) => points.length > 0);
  return render({
    ...head(frame),
    xAxis: { type, ...named(xName, 32) },
    yAxis: { type, ...named(yName, 48), nameLocation: 'middle' },
    series: shown.map(({ name, points }) => ({
      type: 'line',
      name,
      // A logarithmic axis has no zero.
      data: points.filter(([, y]) => y > 0),
      symbol: 'circle',
      symbolSize: 7,
      lineStyle: { width: 2.5 },
      labelLayout: { moveOverlap: 'shiftY' },
      endLabel: { show: true, formatter: '{a}', color: 'inherit', fontSize: 13, distance: 8 },
    })),
  });
}

export function barChart({ bars, yName, ...frame }: BarChart): string {
  return render({
    ...head(frame),
    xAxis: {
      type: 'category',
      data: bars.map(({ name }) => name),
      axisTick: { show: false },
      axisLabel: { color: INK, fontSize: 13, interval: 0, width: 165, overflow: 'break' },
      axisLine: { lineStyle: { color: INK } },
    },
    yAxis: { type: 'value', min: 0, ...named(yName, 48) },
    series: [
      {
        type: 'bar',
        barWidth: '45%',
        data: bars.map(({ value }, index) => ({ value, itemStyle: { color: COLOURS[index] } })),
        label: {
          show: true,
          position: 'top',
          fontSize: 14,
          color: INK,
          formatter: ({ value }: { value: number }) => value.toPrecision(3),
        },
      },
    ],
  });
}

function head({ title, subtitle }: Omit<Frame, 'yName'>) {
  return {
    animation: false,
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    color: COLOURS,
    backgroundColor: '#FFFFFF',
    title: {
      text: title,
      subtext: subtitle,
      left: 16,
      top: 12,
      textStyle: { color: INK, fontSize: 17 },
      subtextStyle: { color: '#666666', fontSize: 13 },
    },
    grid: { left: 76, right: 110, top: 84, bottom: 60 },
  };
}

function named(name: string, gap: number) {
  return {
    name,
    nameLocation: 'middle',
    nameGap: gap,
    nameTextStyle: { color: INK, fontSize: 13 },
    axisLabel: { color: INK, fontSize: 12 },
    axisLine: { lineStyle: { color: INK } },
    splitLine: { lineStyle: { color: GRID } },
  };
}

function render(option: Record<string, unknown>): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
