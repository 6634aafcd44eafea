import t from 'tap'
import { planScripts } from './scripts.ts'

t.test(
  'each script is a step in the order given, run in the scripts directory under the name of status.log',
  async t => {
    const scripts = ['FAIBASE/10-name', 'LAST'].map(name => ({
      class: name.replace(/\/.*/, ''),
      name,
      path: `/srv/fai/config/scripts/${name}`,
    }))
    t.match(planScripts(scripts, '/srv/fai/config', 60), [
      {
        id: 'script.FAIBASE/10-name',
        task: 'configure',
        because: [{ class: 'FAIBASE', origin: { path: '/srv/fai/config/scripts/FAIBASE/10-name' } }],
        action: {
          kind: 'run-script',
          directory: '/srv/fai/config/scripts',
          name: 'FAIBASE/10-name',
          timeoutSeconds: 60,
        },
      },
      { action: { name: 'LAST' } },
    ])
  },
)
