import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ours, straightforward, type Contestant } from '../contestants.ts';
import { pushEvent } from '../events.ts';
import { startInstance } from '../instance.ts';
import { project, type Row } from '../row.ts';
import { benchFolder, root, type World } from '../world.ts';

const preload = path.join(import.meta.dirname, '../loaded-preload.cjs');
/** What a deployment brings along; functions-framework lies elsewhere, and everybody has it. */
const deployed = [path.join(root, 'functions'), benchFolder];

/** What the trigger loads until its first push is answered: every module, whether bundled or not. */
export const size: Row = async ({ world }) => {
  const ourFiles = await filesLoadedBy(ours, world);
  const theirFiles = await filesLoadedBy(straightforward, world);
  const [own, theirs] = [megabytes(ourFiles), megabytes(theirFiles)];
  return {
    figures: [
      {
        what: 'code that the trigger loads',
        must: 1,
        seen: own,
        unit: ' MB',
        rivals: `in ${ourFiles.length} files; straightforward ${theirs.toFixed(2)} MB in ${theirFiles.length} files`,
      },
    ],
    samples: [{ title: 'Code loaded', unit: 'MB', values: { [project]: [own], [straightforward.name]: [theirs] } }],
  };
};

async function filesLoadedBy(contestant: Contestant, world: World): Promise<readonly string[]> {
  const list = path.join(benchFolder, `loaded-by-${contestant.name}.txt`);
  const environment = { LOADED_FILES: list };
  const instance = await startInstance({ contestant, world, preload: [preload], environment });
  try {
    await instance.call(pushEvent(randomUUID()));
  } finally {
    await instance.stop();
  }
  const files = readFileSync(list, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith('file:'))
    .map((url) => realpathSync(fileURLToPath(url)));
  return [...new Set(files)].filter((file) => deployed.some((folder) => file.startsWith(folder + path.sep)));
}

function megabytes(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6;
}
