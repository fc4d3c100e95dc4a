import type { Role } from '../../../src/core/desk/roles.ts'
import { addressKey } from '../../../src/core/security/keys.ts'
import { makePrintedLink } from '../../../src/flow/desk/sign-in-link.ts'
import type { TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../visitor.ts'

/** A browser that is signed in to the desk in this role. The operator is added if there is none with this address. */
export async function signedIn(app: TestApp, role: Role, address = `${role}@example.test`): Promise<Visitor> {
  const { ports } = app.app
  const key = addressKey(ports.keys, address)
  const operator =
    (await ports.store.operators.byKey(key)) ??
    (await ports.store.transaction((unit) =>
      unit.operators.add({ address, addressKey: key, role, now: ports.clock.now() }),
    ))
  const visitor = createVisitor(app.url)
  const link = await makePrintedLink(ports, operator.id)
  const answer = await visitor.post(new URL(link).pathname)
  if (answer.status !== 303) throw new Error(`The sign-in was answered with ${answer.status}: ${answer.text}`)
  return visitor
}
