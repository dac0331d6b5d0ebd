#include "redis/errc.hpp"

namespace ringback::redis {

std::string_view to_string(errc e) noexcept {
    switch (e) {
    case errc::away: return "Redis is away";
    case errc::lost: return "the connection to Redis was lost";
    case errc::timed_out: return "Redis did not answer in time";
    }
    return {};
}

} // namespace ringback::redis
