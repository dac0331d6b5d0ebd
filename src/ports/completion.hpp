#pragma once

#include <functional>

namespace ringback::ports {

/// Takes the result of a port operation, exactly once. Each port says on which thread.
template <typename Result>
using completion = std::move_only_function<void(Result)>;

} // namespace ringback::ports
