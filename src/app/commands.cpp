#include "app/commands.hpp"

#include "app/accounts_command.hpp"
#include "app/backup_command.hpp"
#include "app/data_directory.hpp"
#include "app/ledger_command.hpp"
#include "app/settings_load.hpp"
#include "app/settings_rules.hpp"
#include "app/settings_table.hpp"
#include "app/token_command.hpp"
#include "app/version.hpp"
#include "app/webhooks_command.hpp"
#include "base/json_text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <ostream>

namespace ringback::app {
namespace {

/// Builds that can end themselves are not for production: they say so.
#ifdef RINGBACK_FAILPOINTS
constexpr std::string_view build_note = " with failpoints";
#else
constexpr std::string_view build_note;
#endif

enum exit_code { done = 0, failed = 1, wrong_usage = 2 };

int print_errors(setting_errors const& errors, command_context const& context) {
    for (auto const& line : errors)
        context.err << line << '\n';
    return wrong_usage;
}

void add_setting_options(CLI::App& command, setting_sources& sources) {
    command.add_option("--config", sources.file, "TOML file with settings")->type_name("FILE");
    command.add_option("--data", sources.data_directory, "directory for the database and other files")
        ->type_name("DIR")
        ->capture_default_str();
    command.add_option("--set", sources.assignments, "one setting, over file and environment; may be repeated")
        ->type_name("SECTION.KEY=VALUE")
        ->allow_extra_args(false);
}

void add_listen_option(CLI::App& command, setting_sources& sources) {
    command.add_option("--listen", sources.listen, "short for --set server.listen=…; may be repeated")
        ->type_name("HOST:PORT")
        ->allow_extra_args(false);
}

void add_token_options(CLI::App& command, token_request& request) {
    command.add_option("--id", request.id, "account id")->required()->type_name("ID");
    command.add_option("--role", request.role, "USER, TELECALLER or ADMIN")->type_name("ROLE")->capture_default_str();
    command.add_option("--name", request.name, "display name")->type_name("NAME");
    command.add_option("--profile", request.profile, "profile picture")->type_name("P");
    command.add_option("--language", request.language, "language of a telecaller")->type_name("L");
    command.add_option("--about", request.about, "a telecaller's words about themselves")->type_name("A");
    command.add_option("--ttl", request.ttl, "until the token expires; 0: never")
        ->type_name("DURATION")
        ->capture_default_str();
}

/// The commands below `accounts`; each fills the request and runs it.
void add_account_commands(CLI::App& accounts, setting_sources& sources, accounts_request& request,
                          std::function<void()> const& run) {
    auto add = [&](char const* name, char const* help, accounts_request::action what) {
        auto* command = accounts.add_subcommand(name, help);
        add_setting_options(*command, sources);
        command->final_callback([&request, run, what] {
            request.what = what;
            run();
        });
        return command;
    };
    using enum accounts_request::action;
    auto* put_one = add("put", "create an account or change the given fields of one", put);
    put_one->add_option("ID", request.id, "account id")->required();
    put_one->add_option("--role", request.role, "USER, TELECALLER or ADMIN")->type_name("ROLE");
    put_one->add_option("--name", request.name, "display name; empty: none")->type_name("NAME");
    put_one->add_option("--profile", request.profile, "profile picture; empty: none")->type_name("P");
    put_one->add_option("--language", request.language, "language of a telecaller")->type_name("L");
    put_one->add_option("--about", request.about, "a telecaller's words about themselves")->type_name("A");
    put_one->add_option("--status", request.status, "ACTIVE or SUSPENDED")->type_name("STATUS");
    put_one->add_option("--approval", request.approval, "PENDING, APPROVED or REJECTED")->type_name("APPROVAL");
    auto* get_one = add("get", "print an account as JSON", get);
    get_one->add_option("ID", request.id, "account id")->required();
    auto* list_all = add("list", "print all accounts, newest first, one JSON object per line", list);
    list_all->add_option("--role", request.role, "only those with this role")->type_name("ROLE");
    auto* import_all = add("import", "put every account of a file: one JSON object per line, with `_id`", import);
    import_all->add_option("FILE", request.file, "the file")->required();
}

int run_account_command(setting_sources const& sources, accounts_request const& request,
                        command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    auto found = run_accounts(request, *s, context.clock, context.out);
    if (!found) return print_errors(found.error(), context);
    if (*found) return done;
    context.err << json_string(request.id) << ": no such account\n";
    return failed;
}

/// The commands below `webhooks`; each runs with the dead letter that it was given, if any.
void add_webhook_commands(CLI::App& webhooks, setting_sources& sources, std::string& id,
                          std::function<void()> const& list, std::function<void()> const& replay) {
    auto* list_all = webhooks.add_subcommand("list", "print the dead letters, newest first, one JSON object per line");
    add_setting_options(*list_all, sources);
    list_all->final_callback(list);
    auto* again = webhooks.add_subcommand("replay", "send a dead letter again, or all of them");
    add_setting_options(*again, sources);
    auto* one = again->add_option("ID", id, "the event's id");
    auto* all = again->add_flag("--all")->description("every dead letter");
    all->excludes(one);
    again->final_callback([replay, one, all] {
        if (one->count() + all->count() == 0) throw CLI::RequiredError("ID or --all");
        replay();
    });
}

int run_webhook_list(setting_sources const& sources, command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    list_dead_webhooks(*s, context.clock, context.out);
    return done;
}

int run_webhook_replay(setting_sources const& sources, std::string const& id, command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    auto const replayed = replay_webhooks(*s, id, context.clock);
    if (replayed == 0 && !id.empty()) {
        context.err << json_string(id) << ": no such dead letter\n";
        return failed;
    }
    context.out << replayed << " webhooks\n";
    return done;
}

int run_ledger_verify(setting_sources const& sources, command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    return verify_ledger(*s, context.out) ? done : failed;
}

int run_serve(setting_sources const& sources, command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    setting_errors errors;
    check_can_serve(*s, errors);
    if (!errors.empty()) return print_errors(errors, context);
    create_data_directory(s->data_directory);
    if (s->server.demo && s->auth.secret.empty()) s->auth.secret = keep_demo_secret(s->data_directory);
    return context.serve(*s);
}

int run_token(setting_sources const& sources, token_request const& request, command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    auto token = make_token(request, *s, context.clock.now().wall);
    if (!token) return print_errors(token.error(), context);
    context.out << *token << '\n';
    return done;
}

int run_backup(setting_sources const& sources, std::string const& file, command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    back_up(*s, file);
    return done;
}

int run_check_config(setting_sources const& sources, command_context const& context) {
    auto s = load_settings(sources);
    if (!s) return print_errors(s.error(), context);
    setting_errors errors;
    check_can_serve(*s, errors);
    if (!errors.empty()) return print_errors(errors, context);
    context.out << "ok\n\n# --data " << s->data_directory.string() << '\n' << effective_toml(*s);
    return done;
}

/// A stray argument may be the end of a secret that was not quoted, so only what looks like an option is named.
setting_errors unknown_options(std::vector<std::string> const& arguments) {
    setting_errors errors;
    for (auto const& argument : arguments)
        if (argument.starts_with("-")) errors.push_back(argument.substr(0, argument.find('=')) + ": no such option");
    if (errors.empty()) errors.emplace_back("an argument belongs to no option; a value with spaces needs quotes");
    return errors;
}

} // namespace

int run_command(std::vector<std::string> arguments, command_context const& context) try {
    setting_sources sources;
    sources.environment = context.environment;
    token_request request;
    int code = done;

    CLI::App app{"Ringback, a call-signaling server that speaks Socket.IO", "ringback"};
    app.set_version_flag("--version", "ringback " + std::string{version}.append(build_note));
    app.set_help_flag("-h,--help", "print this help");
    app.set_help_all_flag("--help-all", "print the help of every command");
    app.footer(
        "Settings are read from a TOML file, then from RINGBACK_SECTION__KEY in the environment, then from --set.\n"
        "`ringback check-config` prints them all.");
    app.require_subcommand(1);

    auto* serve = app.add_subcommand("serve", "run the server");
    add_setting_options(*serve, sources);
    add_listen_option(*serve, sources);
    serve->final_callback([&] { code = run_serve(sources, context); });

    auto* token = app.add_subcommand("token", "print a token that the server accepts");
    add_token_options(*token, request);
    add_setting_options(*token, sources);
    token->final_callback([&] { code = run_token(sources, request, context); });

    accounts_request account;
    auto* accounts = app.add_subcommand("accounts", "work on the accounts in the store, without a server");
    accounts->require_subcommand(1);
    add_account_commands(*accounts, sources, account, [&] { code = run_account_command(sources, account, context); });

    std::string backup_file;
    auto* backup = app.add_subcommand("backup", "copy the database into a new file, also while the server runs");
    add_setting_options(*backup, sources);
    backup->add_option("FILE", backup_file, "the copy")->required();
    backup->final_callback([&] { code = run_backup(sources, backup_file, context); });
    std::string letter;
    auto* webhooks = app.add_subcommand("webhooks", "work on the webhooks that were given up");
    webhooks->require_subcommand(1);
    add_webhook_commands(
        *webhooks, sources, letter, [&] { code = run_webhook_list(sources, context); },
        [&] { code = run_webhook_replay(sources, letter, context); });
    auto* ledger = app.add_subcommand("ledger", "work on the ledger in the store, beside a server or without one");
    ledger->require_subcommand(1);
    auto* verify = ledger->add_subcommand("verify", "recompute balances, entries and calls; fail on a difference");
    add_setting_options(*verify, sources);
    verify->final_callback([&] { code = run_ledger_verify(sources, context); });

    auto* check = app.add_subcommand("check-config", "check the settings and print them");
    add_setting_options(*check, sources);
    add_listen_option(*check, sources);
    check->final_callback([&] { code = run_check_config(sources, context); });

    try {
        std::ranges::reverse(arguments); // CLI11 takes them from the back
        app.parse(std::move(arguments));
    } catch (CLI::ExtrasError const&) {
        return print_errors(unknown_options(app.remaining(true)), context);
    } catch (CLI::ParseError const& e) {
        return app.exit(e, context.out, context.err) == 0 ? done : wrong_usage;
    }
    return code;
} catch (std::exception const& e) {
    context.err << "ringback: " << e.what() << '\n';
    return failed;
}

} // namespace ringback::app
