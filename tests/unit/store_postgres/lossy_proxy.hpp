#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ringback::store::test {

/// Passes connections on to a server's socket, and cuts one of them at a word of the protocol.
class lossy_proxy {
public:
    explicit lossy_proxy(std::filesystem::path server);
    ~lossy_proxy();
    lossy_proxy(lossy_proxy const&) = delete;
    lossy_proxy& operator=(lossy_proxy const&) = delete;

    /// The same database, through the proxy.
    [[nodiscard]] std::string url_of(std::string const& direct) const;

    /// The next `command` is carried out, and the connection is cut instead of the answer.
    void lose_answer_to(std::string command);
    /// The connection is cut instead of the next `command`.
    void lose_request(std::string command);
    /// It was done, since the last word.
    [[nodiscard]] bool has_lost() const { return has_lost_; }

private:
    enum class loss { none, of_answer, of_request };

    void accept_all();
    void carry(int client);
    bool must_cut(loss kind, std::string_view command);

    std::filesystem::path const server_;
    std::string directory_;
    int listener_ = -1;
    std::mutex mutex_;
    loss next_ = loss::none;
    std::string command_;
    std::atomic<bool> has_lost_{false};
    std::atomic<bool> is_over_{false};
    std::vector<std::thread> carriers_; ///< of the acceptor, while it runs
    std::thread acceptor_;
};

} // namespace ringback::store::test
