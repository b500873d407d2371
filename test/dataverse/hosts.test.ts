import fc from 'fast-check';
import { organizationHostProblem, tokenEndpointProblem } from '../../src/dataverse';

const CLOUDS = [
  'crm.dynamics.com',
  'crm2.dynamics.com',
  'crm4.dynamics.com',
  'crm9.dynamics.com',
  'crm21.dynamics.com',
  'crm.microsoftdynamics.us',
  'crm.appsplatform.us',
  'crm.dynamics.cn',
  'crm.microsoftdynamics.de',
];

describe('the organization of an input', () => {
  it.each(CLOUDS.flatMap((cloud) => [`https://contoso.${cloud}`, `https://contoso-2.api.${cloud}/`]))(
    'may be %s',
    (uri) => {
      expect(organizationHostProblem(uri)).toBeUndefined();
    },
  );

  it.each(['https://CONTOSO.CRM4.DYNAMICS.COM', 'https://contoso.crm4.dynamics.com:443'])(
    'may be written %s',
    (uri) => {
      expect(organizationHostProblem(uri)).toBeUndefined();
    },
  );

  it.each([
    'https://contoso.crm4.dynamics.com.evil.example',
    'https://evilcrm4.dynamics.com',
    'https://contoso.evilcrm4.dynamics.com',
    'https://contoso.crm4.evildynamics.com',
    'https://contoso.crm4-dynamics.com',
    'https://contoso.crmx.dynamics.com',
    'https://contoso.crm4.dynamics.com.',
    'https://contoso.crm4.dynamics.org',
    'https://crm4.dynamics.com',
    'https://a.b.crm4.dynamics.com',
    'https://contoso.crm4.dynamіcs.com',
    'https://contoso.crm4.dynamics\u3002com',
    'https://ｃontoso.crm4.dynamics.com',
    'https://contoso.crm4.xn--dynamcs-0hf.com',
    'https://evil.example/contoso.crm4.dynamics.com',
    'https://evil.example?contoso.crm4.dynamics.com',
    'https://evil.example#.crm4.dynamics.com',
    'https://evil.example\\.crm4.dynamics.com',
    'https://crm4.dynamics.com@evil.example',
    'https://contoso.crm4.dynamics.com\\@evil.example',
    'https://contoso.crm4.dynamics.com:8443',
    'https://contoso.crm4.dynamics.com:80',
    'http://contoso.crm4.dynamics.com',
    'https://127.0.0.1',
    'http://localhost',
    'http://127.0.0.1:8080',
    'https://2130706433',
    'https://169.254.169.254',
    'https://[::1]',
    'file:///etc/passwd',
    'ftp://contoso.crm4.dynamics.com',
    'contoso.crm4.dynamics.com',
    'https://',
    '',
  ])('may not be %s', (uri) => {
    expect(organizationHostProblem(uri)).toEqual(expect.any(String));
  });

  it.each([
    ['https://user:pass-word@contoso.crm4.dynamics.com', /must not carry credentials/],
    ['https://pass-word@contoso.crm4.dynamics.com', /must not carry credentials/],
    ['https://contoso.crm4.dynamics.com/api/pass-word', /without path, query or fragment/],
    ['https://contoso.crm4.dynamics.com?key=pass-word', /without path, query or fragment/],
    ['https://contoso.crm4.dynamics.com/?', /without path, query or fragment/],
    ['https://contoso.crm4.dynamics.com#pass-word', /without path, query or fragment/],
    ['https://contoso.crm4.dynamics.com:8443', /port/],
    ['http://127.0.0.1', /plain http is for the worker's own organization/],
    ['https://pass-word.example', /POWER_AUTOMATE_ALLOWED_HOSTS/],
    ['pass-word', /https origin/],
  ])('is told why not, without a repetition: %s', (uri, problem) => {
    expect(organizationHostProblem(uri)).toMatch(problem);
    expect(organizationHostProblem(uri)).not.toContain('pass-word');
  });

  it('is one of Microsoft, whatever a URL looks like that passes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'contoso',
        '.',
        'crm4',
        'dynamics',
        'com',
        'api',
        'evil',
        '@',
        ':',
        '/',
        '\\',
        '#',
        '?',
      ),
      fc.constantFrom(
        'https://',
        'contoso.crm4.dynamics.com',
        'evil.example',
        '%2e',
        '443',
        '\t',
        '-',
        '\u3002',
      ),
      fc.string({ maxLength: 2 }),
    );
    const uri = fc.array(piece, { maxLength: 8 }).map((pieces) => `https://${pieces.join('')}`);
    fc.assert(
      fc.property(uri, (text) => {
        if (organizationHostProblem(text) !== undefined) return;
        const { protocol, hostname, port, username, password, pathname } = new URL(text);
        expect(hostname).toMatch(/^[^.]+(\.api)?\.crm4?\.dynamics\.com$/);
        expect({ protocol, port, username, password, pathname }).toEqual({
          protocol: 'https:',
          port: '',
          username: '',
          password: '',
          pathname: '/',
        });
      }),
      { numRuns: 2000, examples: [['https://contoso.crm4.dynamics.com']] },
    );
  });

  it('does not become one of Microsoft by what is put behind its name', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    fc.assert(
      fc.property(fc.constantFrom(...CLOUDS), label, label, (cloud, name, top) => {
        expect(organizationHostProblem(`https://contoso.${cloud}.${name}.${top}`)).toBeDefined();
        expect(organizationHostProblem(`https://contoso.${name}${cloud}`)).toBeDefined();
        expect(organizationHostProblem(`https://${cloud}@${name}.example`)).toBeDefined();
      }),
    );
  });
});

describe("the worker's own organization", () => {
  it.each([
    'https://dataverse.internal.example',
    'https://dataverse.internal.example:8443',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
    'http://localhost:3000',
  ])('may be %s', (ownOrganization) => {
    expect(organizationHostProblem(`${ownOrganization}/`, { ownOrganization })).toBeUndefined();
  });

  it.each(['http://dataverse.internal.example', 'http://128.0.0.1', 'http://127.0.0.1.example'])(
    'may not be %s: plain http is for loopback',
    (ownOrganization) => {
      expect(organizationHostProblem(ownOrganization, { ownOrganization })).toBe('must be an https URL');
    },
  );

  it('does not allow another port or scheme of its host', () => {
    const ownOrganization = 'http://127.0.0.1:3000';
    for (const uri of ['http://127.0.0.1:3001', 'https://127.0.0.1:3000', 'http://localhost:3000']) {
      expect(organizationHostProblem(uri, { ownOrganization })).toBeDefined();
    }
  });
});

describe('more hosts', () => {
  const allowedHosts = ['dataverse.contoso.com', '*.Gateway.example'];
  const problem = (uri: string) => organizationHostProblem(uri, { allowedHosts });

  it.each(['https://dataverse.contoso.com', 'https://a.gateway.example', 'https://a.b.gateway.example'])(
    'may be %s',
    (uri) => expect(problem(uri)).toBeUndefined(),
  );

  it.each([
    'https://contoso.com',
    'https://x.dataverse.contoso.com',
    'https://gateway.example',
    'https://evilgateway.example',
    'https://a.gateway.example.evil.example',
    'https://a.gateway.example.',
    'https://a.gateway.example:8443',
    'http://a.gateway.example',
  ])('may not be %s', (uri) => expect(problem(uri)).toEqual(expect.any(String)));
});

describe('a token endpoint', () => {
  it.each([
    'https://login.microsoftonline.com/contoso/oauth2/v2.0/token',
    'https://login.partner.microsoftonline.cn/contoso/oauth2/v2.0/token',
    'https://login.internal.example:8443/token?tenant=1',
    'http://127.0.0.1:3000/token',
    'http://localhost/token',
  ])('may be %s', (uri) => expect(tokenEndpointProblem(uri)).toBeUndefined());

  it.each([
    ['http://login.microsoftonline.com/contoso', /https/],
    ['ftp://login.microsoftonline.com/contoso', /https/],
    ['https://user:pass-word@login.microsoftonline.com', /credentials/],
    ['https://login.microsoftonline.com/token#pass-word', /fragment/],
    ['pass-word', /must be a URL/],
    ['', /must be a URL/],
  ])('may not be %s', (uri, problem) => {
    expect(tokenEndpointProblem(uri)).toMatch(problem);
    expect(tokenEndpointProblem(uri)).not.toContain('pass-word');
  });
});
