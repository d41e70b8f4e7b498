// An OpenID provider as a company has one, on this machine: node provider.mjs PORT DESK
import Provider from "oidc-provider";

const [port, desk] = process.argv.slice(2);

/** Who works there, by what they type to sign in. */
const PEOPLE = {
  fay: { name: "Fay Marsh", groups: ["books", "choir"] },
  leo: { name: "Leo Hart", groups: ["shops", "leeds"] },
  nia: { name: "Nia Webb", groups: ["choir"] },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "daybook", client_secret: "between the two: of us", redirect_uris: [`${desk}/sign-in/company/back`] }],
  claims: { openid: ["sub"], profile: ["name", "groups"], email: ["email"] },
  cookies: { keys: ["for this run alone"] },
  pkce: { required: () => true },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.test`, ...PEOPLE[sub] }) }),
});
provider.listen(Number(port), "127.0.0.1");
