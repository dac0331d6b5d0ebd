import "./style/theme.css";
import "./style/page.css";
import "./style/phone.css";
import "./style/idle.css";
import "./style/call.css";
import "./style/log.css";
import { tabSuffix } from "./link/identity";
import { marketPage } from "./market/market_page";

const stage = document.querySelector<HTMLElement>("#stage");
if (!stage) throw new Error("index.html has no #stage");
stage.append(marketPage(await tabSuffix()));
