#include "redis/sentinel_watch.hpp"

#include "redis/command.hpp"
#include "redis/sentinel.hpp"

#include <utility>

namespace ringback::redis {
namespace {

config of_sentinels(config c) {
    c.outages = c.sentinel_outages;
    return c;
}

} // namespace

sentinel_watch::sentinel_watch(boost::asio::any_io_executor executor, config c, on_master told)
    : question_{question_for_master(c.sentinel_master)},
      master_{c.sentinel_master},
      told_{std::move(told)},
      link_{std::make_shared<link>(std::move(executor), of_sentinels(std::move(c)), server_role::sentinel, *this)} {
    link_->start();
}

sentinel_watch::~sentinel_watch() { link_->stop(); }

void sentinel_watch::on_open() {
    link_->say(question_);
    link_->say(command("SUBSCRIBE", "+switch-master"));
    due_ = link_->deadline();
    asked_for_master_ = true;
    link_->ready();
}

void sentinel_watch::on_reply(value answer) {
    if (answer.is_error()) return link_->fail(answer.text());
    auto items = answer.items();
    if (items.size() == 3 && items[0].text() == "message") return hear(items[2].text());
    due_ = std::nullopt;
    if (!std::exchange(asked_for_master_, false)) return;
    if (auto master = master_in(answer)) told_(*std::move(master));
}

void sentinel_watch::hear(std::string_view change) {
    if (auto master = master_in_change(change, master_)) told_(*std::move(master));
}

void sentinel_watch::on_lost() { due_ = std::nullopt; }

void sentinel_watch::on_silence() {
    link_->say(command("PING"));
    due_ = link_->deadline();
}

} // namespace ringback::redis
