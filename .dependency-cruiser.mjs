/**
 * The rooms of functions/src, from the top floor to the ground: a room may use those on floors below its own, and
 * none on its own floor, so that no two rooms can import each other. Types count like everything else.
 */
export const floors = [
  ['event'],
  ['console'],
  ['credentials', 'sweep'],
  ['delivery', 'engagement'],
  ['notice', 'guards', 'keys'],
  ['callback', 'fcm'],
  ['google'],
  ['base'],
];

const source = 'functions/src';
const folders = (rooms) => `^${source}/(${rooms.join('|')})/`;

const rooms = floors.flat().map((room) => {
  const floor = floors.findIndex((rooms) => rooms.includes(room));
  const below = [room, ...floors.slice(floor + 1).flat()];
  return {
    name: `${room}-uses-only-rooms-below`,
    severity: 'error',
    comment: `${source}/${room} may import from ${below.join(', ')}. Declare a port, or move what both need down.`,
    from: { path: folders([room]) },
    to: { path: `^${source}/`, pathNot: folders(below) },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...rooms,
    {
      name: 'every-folder-is-a-room',
      severity: 'error',
      comment: 'Give the new folder its floor in .dependency-cruiser.mjs.',
      from: {},
      to: { path: `^${source}/[^/]+/`, pathNot: folders(floors.flat()) },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Files that import each other are one idea, or two that are not yet told apart.',
      from: { path: `^${source}/` },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'functions-stand-alone',
      severity: 'error',
      comment: 'Only the folder functions/ is deployed.',
      from: { path: `^${source}/` },
      to: { path: '^(client|hosting|local|scripts|test)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'functions/tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
