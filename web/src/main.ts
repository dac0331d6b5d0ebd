import "./style/theme.css";
import "./style/page.css";
import "./style/phone.css";
import "./style/idle.css";
import "./style/call.css";
import "./style/log.css";
import "./style/peer.css";
import "./style/talk.css";
import { tabSuffix } from "./link/identity";
import { marketPage } from "./market/market_page";
import { tabs } from "./page/tabs";
import { peerPage } from "./peer/peer_page";

function place(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`index.html has no ${selector}`);
  return found;
}

const suffix = await tabSuffix();
const { bar, panels } = tabs(
  [
    {
      id: "market",
      name: "Marketplace",
      hint: "Press Call on the left, then Accept on the phone that rings. Each phone has its own Socket.IO connection.",
      build: () => marketPage(suffix),
    },
    {
      id: "peer",
      name: "Peer call",
      hint: "Sign in here and in a second window or browser, then call: the media go from browser to browser.",
      build: () => peerPage(suffix),
    },
  ],
  place("#hint"),
);
place(".masthead").append(bar);
place("#stage").append(...panels);
