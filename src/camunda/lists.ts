/** HOST: multi-instance activities around the tasks of a call: one robot for each element of a list. */
import type { DiagramElement } from './diagram';
import { type Fate, factsOf } from './facts';
import type { Group } from './groups';
import { extensionsOf, isNode, type Node, textOf } from './moddle';
import type { Ways } from './ways';

export interface ImportedList {
  /** The list in FEEL, as Zeebe writes it, with `=`. */
  readonly inputCollection: string;
  /** The process variable that holds the element; undefined where the process has none. */
  readonly inputElement: string | undefined;
  /** Whether one robot ended before the next one was started. */
  readonly isSequential: boolean;
}

type Say = (element: DiagramElement, fate: Fate, text: string) => void;

/** Undefined where there is no list, or where lists are within lists: then the report says what to do by hand. */
export function listOf({ places }: Group, ways: Ways, say: Say): ImportedList | undefined {
  const around = new Set(places.flatMap((place) => ways.surroundings(place)).map(({ element }) => element));
  const loops = [...around].filter(({ node }) => node.loopCharacteristics !== undefined);
  const [only] = loops;
  const list = loops.length === 1 && only ? readList(only) : undefined;
  for (const element of loops) {
    if (list === undefined) {
      say(
        element,
        'check',
        `one robot for each element of a list: call it for each, or use the workflow RunDesktopFlows (${toldOf(element)})`,
      );
    } else sayList(element, list, say);
  }
  return list;
}

function sayList(element: DiagramElement, list: ImportedList, say: Say): void {
  const how = list.isSequential ? 'one after the other' : 'all at once';
  say(
    element,
    'mapped',
    `a function of the module runs it for each element of a list, ${how}; for long lists use the workflow RunDesktopFlows (${toldOf(element)})`,
  );
  const { node } = element;
  if (isNode(node.loopCharacteristics) && node.loopCharacteristics.completionCondition !== undefined) {
    say(element, 'check', 'completionCondition: the process stopped early, the function runs all');
  }
}

function readList({ node }: DiagramElement): ImportedList | undefined {
  const loop = node.loopCharacteristics;
  if (!isNode(loop) || loop.$type !== 'bpmn:MultiInstanceLoopCharacteristics') return undefined;
  const [zeebe] = extensionsOf(loop, 'zeebe:LoopCharacteristics');
  const inputCollection = textOf(zeebe, 'inputCollection');
  if (inputCollection === undefined) return undefined;
  return {
    inputCollection,
    inputElement: textOf(zeebe, 'inputElement'),
    isSequential: (loop as Node).isSequential === true,
  };
}

function toldOf({ node }: DiagramElement): string {
  const told = factsOf(node).filter(({ what }) => /loop characteristics/.test(what));
  return told.map(({ what, value }) => `${what.split(' ').at(-1)} ${value}`).join(', ');
}
