/** `npm run role -- EMAIL ROLE`: grants, changes and removes the role that the Push Notification page asks for. */
import { parseArgs } from 'node:util';
import { initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { roles } from '../functions/src/console/access.ts';
import { failureCode } from '../functions/src/base/failure.ts';
import { defaultBasePort, host, portsFrom } from '../local/ports.ts';
import { projectId as localProject } from '../local/stack.ts';
import { demandListener, run, UsageError, wholeNumber } from '../local/terminal.ts';

const usage = `npm run role -- EMAIL ROLE [--project PROJECT | --port N]

  ROLE                ${roles.join(' or ')} opens the page; any other word is kept, but does not; none removes the role
  --project PROJECT   a deployed project, with your Google credentials (gcloud auth application-default login)
  --port N            a local stack on another block of ports (default ${defaultBasePort})`;

run(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { project: { type: 'string' }, port: { type: 'string', default: String(defaultBasePort) } },
  });
  const [email, role] = positionals;
  if (!email?.includes('@') || !role || positionals.length > 2) throw new UsageError('Name an email and a role.');
  if (!/^[a-z][a-z-]{0,30}$/i.test(role)) throw new UsageError(`"${role}" is no role.`);
  const { auth: authPort } = portsFrom(wholeNumber('--port', values.port, 1024, 65_000));
  if (!values.project) {
    process.env['FIREBASE_AUTH_EMULATOR_HOST'] = `${host}:${authPort}`;
    await demandListener(host, authPort, 'local Authentication');
  }
  const projectId = values.project ?? localProject;
  const auth = getAuth(initializeApp({ projectId }));
  const user = await auth.getUserByEmail(email).catch((error: unknown) => {
    if (failureCode(error) !== 'auth/user-not-found') throw error;
    throw new Error(
      `${projectId} has no user ${email}. They must sign in, or be added in the Firebase console, first.`,
    );
  });
  // Anybody can sign up with an address that is not theirs. What was granted can be taken away all the same.
  if (role !== 'none' && !user.emailVerified) {
    throw new Error(
      `${email} is not verified: anybody may have signed up with it. Have its owner open the page and verify it there ` +
        '(or sign in with Google), then grant the role.',
    );
  }
  const { role: former, ...others } = user.customClaims ?? {};
  await auth.setCustomUserClaims(user.uid, role === 'none' ? others : { ...others, role });
  // What was granted ends now, not when the present session does.
  if (former) await auth.revokeRefreshTokens(user.uid);
  console.log(
    `${email}: ${former ? String(former) : 'no role'} ▶ ${role === 'none' ? 'no role' : role}. It applies from the next sign-in on.`,
  );
  return 0;
});
