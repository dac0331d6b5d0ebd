#include "socketio/listeners.hpp"

namespace ringback::socketio {

void listener_table::add(std::string name, event_handler handler, life how_long) {
    by_name_[std::move(name)].push_back({share(std::move(handler)), how_long});
}

void listener_table::remove(std::string_view name) {
    if (auto found = by_name_.find(name); found != by_name_.end()) by_name_.erase(found);
}

bool listener_table::call(socket& s, event const& e) {
    if (!any_.empty())
        for (auto const& handler : std::vector{any_})
            (*handler)(s, e);
    auto found = by_name_.find(e.name);
    if (found == by_name_.end()) return false;
    if (found->second.size() == 1 && found->second[0].how_long == life::until_removed) {
        // The usual case: holding the handler is enough to let it remove itself.
        shared_handler only = found->second[0].run;
        (*only)(s, e);
        return true;
    }
    auto all = found->second;
    std::erase_if(found->second, [](listener const& l) { return l.how_long == life::one_event; });
    if (found->second.empty()) by_name_.erase(found);
    for (listener const& l : all)
        (*l.run)(s, e);
    return true;
}

} // namespace ringback::socketio
