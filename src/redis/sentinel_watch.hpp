#pragma once

#include "redis/link.hpp"

#include <functional>
#include <memory>

namespace ringback::redis {

/// Hears from a Sentinel which server is the master now. A former master takes writes for seconds after its successor
/// was chosen, until a Sentinel tells it: they would be lost, so clients have to know before. Belongs to the thread of
/// its executor.
class sentinel_watch final : public link::user {
public:
    using on_master = std::function<void(endpoint)>;

    /// `told` is called with the master when a Sentinel was found, and at each change from then on.
    sentinel_watch(boost::asio::any_io_executor executor, config c, on_master told);
    sentinel_watch(sentinel_watch const&) = delete;
    sentinel_watch& operator=(sentinel_watch const&) = delete;
    ~sentinel_watch();

private:
    void on_open() override;
    void on_reply(value answer) override;
    void on_lost() override;
    [[nodiscard]] std::optional<mono_time> due() const override { return due_; }
    void on_silence() override;
    void hear(std::string_view change);

    std::string const question_;
    std::string const master_;
    on_master told_;
    std::shared_ptr<link> link_;
    std::optional<mono_time> due_; ///< of the last question
    bool asked_for_master_ = false;
};

} // namespace ringback::redis
