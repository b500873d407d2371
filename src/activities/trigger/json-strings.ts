/** HOST: the string values in a text of JSON. What does not change stays byte for byte, numbers included. */

/** An object or an array that is open, and where in it. */
interface Level {
  isArray: boolean;
  /** Index in an array; in an object the name, as JSON writes it. */
  at: number | string;
  /** Whether the next string of an object is a name. */
  expectsName: boolean;
}

/** Deeper fields are named by the beginning of their path. */
const MOST_LEVELS_NAMED = 20;

/**
 * Maps every string value; names of fields are none.
 * @param json valid JSON: so a quote opens a string, and the marks of structure mean what they say.
 * @param map gets the value, and a function that returns its path.
 */
export function mapStrings(json: string, map: (value: string, path: () => string[]) => string): string {
  const marks = /["{}[\],]/g;
  const levels: Level[] = [];
  const path = () => levels.slice(0, MOST_LEVELS_NAMED).map(({ isArray, at }) => name(isArray, at));
  let mapped = '';
  let copied = 0;
  for (let mark = marks.exec(json); mark !== null; mark = marks.exec(json)) {
    const level = levels.at(-1);
    switch (mark[0]) {
      case '{':
        levels.push({ isArray: false, at: '""', expectsName: true });
        break;
      case '[':
        levels.push({ isArray: true, at: 0, expectsName: false });
        break;
      case ',':
        if (level?.isArray) level.at = Number(level.at) + 1;
        else if (level) level.expectsName = true;
        break;
      case '"': {
        const end = endOfString(json, mark.index);
        const written = json.slice(mark.index, end);
        marks.lastIndex = end;
        if (level?.expectsName) {
          level.at = written;
          level.expectsName = false;
          break;
        }
        const value: string = JSON.parse(written);
        const replaced = map(value, path);
        if (replaced === value) break;
        mapped += json.slice(copied, mark.index) + JSON.stringify(replaced);
        copied = end;
        break;
      }
      default:
        levels.pop();
    }
  }
  return mapped + json.slice(copied);
}

function name(isArray: boolean, at: number | string): string {
  return isArray ? String(at) : JSON.parse(String(at));
}

/** @returns the index after the closing quote. A loop, because a regular expression may run out of stack. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === '"') return at + 1;
    if (json[at] === '\\') at += 1;
  }
  return json.length;
}
