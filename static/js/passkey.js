// Asks the device for a passkey (data-passkey="create") or to prove one ("get"), and sends the answer with the form.
const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
const known = (list = []) => list.map((one) => ({ ...one, id: decode(one.id) }));

function request(doing, options) {
  const publicKey = { ...options, challenge: decode(options.challenge) };
  if (doing === "create") {
    publicKey.user = { ...options.user, id: decode(options.user.id) };
    publicKey.excludeCredentials = known(options.excludeCredentials);
  } else {
    publicKey.allowCredentials = known(options.allowCredentials);
  }
  return navigator.credentials[doing]({ publicKey });
}

function plain(credential) {
  const response = { clientDataJSON: encode(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = encode(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const extensions = JSON.stringify(credential.getClientExtensionResults());
  return { id: credential.id, rawId: encode(credential.rawId), type: credential.type, response, extensions };
}

export default function passkey(form) {
  const status = form.querySelector("[data-part=status]");
  const again = form.querySelector("[data-part=again]");
  const waiting = status.textContent;
  const ask = async () => {
    again.hidden = true;
    status.textContent = waiting;
    try {
      const credential = await request(form.dataset.passkey, JSON.parse(form.dataset.options));
      form.elements.credential.value = JSON.stringify(plain(credential));
      form.submit();
    } catch {
      status.textContent = form.dataset.refused;
      again.hidden = false;
    }
  };
  if (!window.PublicKeyCredential) {
    status.textContent = form.dataset.missing;
    return;
  }
  again.addEventListener("click", ask);
  ask();
}
