//! The cases, each a function that panics when something is not as it should be.

mod errors;
mod journal;
mod listeners;
mod netfilter;
mod netns;
mod privilege;
mod processes;
mod sandbox;
mod snapshots;

/// A case and its name.
pub type Case = (&'static str, fn());

/// Cases for a process that a case starts, in the same sandbox.
pub const INSIDE: &[Case] = &[("without_privilege", privilege::without)];

/// All of them.
pub const ALL: &[Case] = &[
    ("errors_carry_the_kernels_words", errors::errors_carry_the_kernels_words),
    ("errors_on_our_side", errors::errors_on_our_side),
    ("faults_strike_one_change", errors::faults_strike_one_change),
    ("journal_on_a_full_disk", journal::on_a_full_disk),
    ("listeners_answer", listeners::answer),
    ("listeners_end_with_the_script", listeners::end_with_the_script),
    ("listeners_live_as_long_as_the_session", listeners::live_as_long_as_the_session),
    ("captures_keep_no_namespace", listeners::captures_keep_no_namespace),
    ("listeners_are_refused", listeners::are_refused),
    ("names_are_looked_up_after_what_they_depend_on", errors::names_are_looked_up_after_what_they_depend_on),
    ("netfilter_answers_like_the_model", netfilter::answers_like_the_model),
    ("netfilter_counts_are_listed", netfilter::counts_are_listed),
    ("netfilter_fails_as_a_whole", netfilter::fails_as_a_whole),
    ("netfilter_faults_strike_one_change", netfilter::faults_strike_one_change),
    ("netfilter_iptables_lists_and_deletes_ours", netfilter::lists_and_deletes_ours),
    ("netfilter_native_is_listed_as_a_person_writes_it", netfilter::is_listed_as_a_person_writes_it),
    ("netfilter_native_theirs_are_understood", netfilter::theirs_are_understood),
    ("netfilter_ours_are_byte_for_byte_theirs", netfilter::ours_are_byte_for_byte_theirs),
    ("netfilter_sets_are_compared", netfilter::sets_are_compared),
    ("netfilter_somebody_else_changes_them", netfilter::somebody_else_changes_them),
    ("netfilter_unknown_rules_survive", netfilter::unknown_rules_survive),
    ("netns_failure_leaves_nothing", netns::failure_leaves_nothing),
    ("netns_far_ends_go_with_it", netns::far_ends_go_with_it),
    ("netns_is_a_mount_of_its_own", netns::is_a_mount_of_its_own),
    ("netns_lives_on_for_who_is_in_it", netns::lives_on_for_who_is_in_it),
    ("netns_ours_are_theirs", netns::ours_are_theirs),
    ("netns_replaced_by_others", netns::replaced_by_others),
    ("netns_theirs_are_ours", netns::theirs_are_ours),
    ("privilege_is_missed", privilege::is_missed),
    ("processes_get_links", processes::get_links),
    ("processes_get_names", processes::get_names),
    ("processes_keep_what_is_put_back", processes::keep_what_is_put_back),
    ("processes_lose_their_names", processes::lose_their_names),
    ("names_without_namespaces", processes::names_without_namespaces),
    ("sandbox_is_like_a_machine", sandbox::is_like_a_machine),
    ("snapshot_addresses_and_routes", snapshots::addresses_and_routes),
    ("snapshot_every_list_can_be_dumped", snapshots::every_list_can_be_dumped),
    ("snapshot_follows_far_ends", snapshots::follows_far_ends),
    ("snapshot_is_read_as_it_was_written", snapshots::is_read_as_it_was_written),
    ("snapshot_many_namespaces", snapshots::many_namespaces),
    ("snapshot_who_chose_a_mac", snapshots::who_chose_a_mac),
    ("snapshot_links", snapshots::links),
];
