#include "store/sql/job.hpp"

namespace ringback::store {

namespace {

struct write_name {
    std::string_view operator()(ports::put_account const&) const { return "account"; }
    std::string_view operator()(ports::call_opened const&) const { return "opened"; }
    std::string_view operator()(ports::call_answered const&) const { return "answered"; }
    std::string_view operator()(ports::call_resumed const&) const { return "resumed"; }
    std::string_view operator()(ports::call_closed const&) const { return "closed"; }
    std::string_view operator()(ports::call_not_begun const&) const { return "not-begun"; }
    std::string_view operator()(ports::media_began const&) const { return "media"; }
    std::string_view operator()(ports::room_gone const&) const { return "room-gone"; }
    std::string_view operator()(ports::put_relation const&) const { return "relation"; }
    std::string_view operator()(ports::put_pair const&) const { return "pair"; }
    std::string_view operator()(ports::presence_shown const&) const { return "presence"; }
    std::string_view operator()(ports::keep_untold const&) const { return "untold"; }
    std::string_view operator()(ports::drop_untold const&) const { return "told"; }
    std::string_view operator()(ports::change_sessions const&) const { return "sessions"; }
    std::string_view operator()(ports::let_session_expire const&) const { return "session-expiry"; }
};

} // namespace

std::string_view name_of(job const& j) noexcept {
    if (auto const* write = std::get_if<write_job>(&j)) return std::visit(write_name{}, write->what);
    return std::get<query_job>(j)->name();
}

} // namespace ringback::store
