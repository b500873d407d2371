/** The network of the cluster: a namespace for each host, all on a switch whose links can be made bad. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { addressOf, HOSTS, type Host, type Link } from './hosts';

const run = promisify(execFile);

/** What becomes of the packets of one direction of a link. */
export interface Quality {
  /** From 0 to 1. @default 0 */
  loss?: number;
  /** @default 0 */
  delayMs?: number;
}

export interface Network {
  /** From the one host to the other alone. */
  degrade(from: Host, to: Host, quality: Quality): Promise<void>;
  degradeBoth(link: Link, quality: Quality): Promise<void>;
}

/** In the namespace of this process, which must have none of these hosts yet. */
export async function makeNetwork(switchProgram: string): Promise<Network> {
  const child = spawn(switchProgram, HOSTS, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout });
  await once(answers, 'line');
  await ip('link', 'set', 'lo', 'up');
  for (const [index, host] of HOSTS.entries()) await connect(host, `tap${index}`, index);

  const tell = async (line: string) => {
    child.stdin.write(`${line}\n`);
    await once(answers, 'line');
  };
  // One at a time: an answer does not say to what.
  let last: Promise<unknown> = Promise.resolve();
  const degrade = (from: Host, to: Host, { loss = 0, delayMs = 0 }: Quality) => {
    const told = last.then(() => tell(`${from} ${to} ${Math.round(loss * 1000)} ${delayMs}`));
    last = told;
    return told;
  };
  return {
    degrade,
    async degradeBoth([one, other], quality) {
      await degrade(one, other, quality);
      await degrade(other, one, quality);
    },
  };
}

async function connect(host: Host, device: string, index: number): Promise<void> {
  const inside: string[] = host === 'driver' ? [] : ['-n', host];
  if (host !== 'driver') {
    await ip('netns', 'add', host);
    await ip('link', 'set', device, 'netns', host);
    await ip(...inside, 'link', 'set', 'lo', 'up');
  }
  const mac = `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`;
  await ip(...inside, 'link', 'set', device, 'address', mac);
  await ip(...inside, 'addr', 'add', `${addressOf(host)}/24`, 'dev', device);
  await ip(...inside, 'link', 'set', device, 'up');
}

async function ip(...args: string[]): Promise<void> {
  await run('ip', args);
}
